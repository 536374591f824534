"""The service answers or refuses with a reason, and keeps running whatever is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from lookup.city import EVERYTHING, building, write_city
from lookup.conftest import Service, problem_of
from publication.hostile import HOSTILE

from orchestration.lookup.answers import Answer
from orchestration.lookup.service import BatchAnswer

ONE = "/api/v1/buildings/"


def test_a_building_is_answered_as_described(service: Service) -> None:
    response = service.get(f"{ONE}M1")
    answer = Answer.model_validate(response.json())
    assert (response.status_code, answer.building.building_id) == (200, "00001")
    assert answer.as_of.month == "2022-10"


def test_answers_are_not_cached_and_have_a_fixed_type(service: Service) -> None:
    for path in (f"{ONE}M1", f"{ONE}none", "/", "/building/M1", "/nowhere", "/api/v1/openapi.json"):
        headers = service.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        (f"{ONE}none", 404, "unknown_key"),
        (f"{ONE}F6", 409, "code_replaced"),
        (f"{ONE}M2", 409, "several_buildings"),
        (f"{ONE}M1?month=2021-01", 404, "month_not_published"),
        (f"{ONE}M1?month=2021-13", 422, "invalid_request"),
        (f"{ONE}M1?scheme=anything", 422, "invalid_request"),
        (f"{ONE}a%20b", 422, "malformed_key"),
        (f"{ONE}a%00b", 422, "malformed_key"),
        (f"{ONE}%0d%0aSet-Cookie:%20a=b", 422, "malformed_key"),
        (f"{ONE}{'0' * 10_000}", 422, "malformed_key"),
        ("/api/v1/nothing", 404, "no_such_page"),
    ],
)
def test_a_request_without_an_answer_has_a_reason(
    service: Service, path: str, status: int, reason: str
) -> None:
    response = service.get(path)
    assert (response.status_code, problem_of(response).reason) == (status, reason)
    assert service.get(f"{ONE}M1").status_code == 200


@pytest.mark.parametrize("hostile", [*HOSTILE, "1; drop table subject", "' or '1'='1", "\ufeff"])
def test_hostile_keys_are_refused_by_every_route(service: Service, hostile: str) -> None:
    response = service.get(f"{ONE}{quote(hostile, safe='')}")
    assert 400 <= response.status_code < 500
    problem_of(response)
    for page in (
        service.get("/", params={"key": hostile}),
        service.get(f"/building/{quote(hostile, safe='')}"),
    ):
        assert 400 <= page.status_code < 500 or not hostile.strip()
        assert "<script" not in page.text
        assert "<img" not in page.text
    [item] = service.batch(hostile).json()["items"]
    assert item["status"] in (404, 422)
    assert service.get(f"{ONE}M1").status_code == 200


def test_delivered_text_is_escaped(service: Service) -> None:
    page = service.get("/building/00002")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_pages_show_the_same_answers_as_the_api(service: Service) -> None:
    assert "查询" in service.get("/").text
    page = service.get("/", params={"key": "　Ｍ１ "})
    assert (page.status_code, "00001" in page.text, "治理中" in page.text) == (200, True, True)
    gone = service.get("/building/F6")
    assert (gone.status_code, 'href="/building/F7"' in gone.text) == (409, True)
    assert service.get("/nowhere").headers["content-type"].startswith("text/html")
    assert "不在台账中" in service.get("/building/F5").text


def test_a_batch_is_answered_key_by_key_in_order(service: Service) -> None:
    answered = BatchAnswer.model_validate(service.batch("M1", "none", "a b", "M2", "M1").json())
    assert [item.status for item in answered.items] == [200, 404, 422, 409, 200]
    for item in answered.items:
        assert (item.answer is None) != (item.problem is None)
    assert answered.items[0] == answered.items[4]


def test_half_a_character_is_refused_as_key(service: Service) -> None:
    response = service.ask(
        "POST",
        "/api/v1/batch",
        content=b'{"keys": ["\\ud800"]}',
        headers={"content-type": "application/json"},
    )
    assert response.json()["items"][0]["problem"]["reason"] == "malformed_key"


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"keys": []}', "application/json", 422),
        (json.dumps({"keys": ["1"] * 101}).encode(), "application/json", 422),
        (b'{"keys": [1]}', "application/json", 422),
        (b'{"keys": ["1"], "more": 1}', "application/json", 422),
        (b'{"keys": ', "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b"[" * 5_000, "application/json", 400),
        (b'{"keys": ["1"]}', "text/plain", 415),
        (b"keys=1", "application/x-www-form-urlencoded", 415),
        (b'{"keys": ["' + b"1" * 70_000 + b'"]}', "application/json", 413),
    ],
)
def test_an_invalid_batch_is_refused(
    service: Service, body: bytes, content_type: str, status: int
) -> None:
    response = service.ask(
        "POST",
        "/api/v1/batch",
        content=body,
        headers={"content-type": content_type},
    )
    assert response.status_code == status, response.text
    problem_of(response)
    assert service.batch("M1").status_code == 200


def test_a_body_without_length_is_limited_too(service: Service) -> None:
    async def parts():  # type: ignore[no-untyped-def]
        for _ in range(100):
            yield b"1" * 1_000

    response = service.ask(
        "POST",
        "/api/v1/batch",
        content=parts(),
        headers={"content-type": "application/json"},
    )
    assert (response.status_code, problem_of(response).reason) == (413, "too_large")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_the_service_is_read_only(service: Service, method: str) -> None:
    response = service.ask(method, f"{ONE}M1", json={})
    assert (response.status_code, problem_of(response).reason) == (405, "method_not_allowed")
    assert response.headers["allow"]


def test_a_foreign_host_name_is_refused(service: Service) -> None:
    response = service.get(f"{ONE}M1", headers={"host": "evil.example"})
    assert problem_of(response).reason == "unknown_host"


def test_the_service_starts_without_a_file_and_finds_it_later(
    tmp_path: Path, serving: Callable[..., Service]
) -> None:
    service = serving(tmp_path)
    assert problem_of(service.get(f"{ONE}M1")).reason == "nothing_published"
    assert service.get("/").status_code == 503
    assert service.get("/api/v1/months").json() == {"months": []}
    path = write_city(tmp_path, **EVERYTHING)
    fresh = serving(tmp_path)
    assert fresh.get(f"{ONE}M1").status_code == 200
    path.chmod(0o644)
    path.write_bytes(b"damaged" * 1_000)
    assert problem_of(fresh.get(f"{ONE}M1")).reason == "damaged"
    write_city(tmp_path, buildings=[building("1")])
    assert fresh.get(f"{ONE}1").status_code == 200


def test_our_own_fault_is_reported_without_details(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret path")

    monkeypatch.setattr("orchestration.lookup.file_reading.LookupFile.find", fail)
    response = service.get(f"{ONE}M1")
    assert (response.status_code, problem_of(response).reason) == (500, "fault")
    assert "secret" not in response.text
