"""The service answers, refuses with a reason, and stays up, whatever it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from lookup.city import EVERYTHING, building, write_city
from lookup.conftest import Service
from publication.hostile import HOSTILE

from orchestration.lookup.access_log import AccessLog
from orchestration.lookup.answers import Answer
from orchestration.lookup.problems import MEDIA_TYPE, Problem
from orchestration.lookup.rate import MAX_CLIENTS, RateLimit
from orchestration.lookup.service import BatchAnswer
from orchestration.lookup.tokens import TokenError, Tokens, load_tokens, need_tokens

TOKEN = "a1" * 16
ONE = "/api/v1/buildings/"


def problem_of(response) -> Problem:  # type: ignore[no-untyped-def]
    assert response.headers["content-type"] == MEDIA_TYPE
    problem = Problem.model_validate(response.json())
    assert problem.status == response.status_code
    assert problem.type == f"urn:fangan:problem:{problem.reason}"
    assert problem.detail
    return problem


def test_a_building_is_answered_as_described(service: Service) -> None:
    response = service.get(f"{ONE}M1")
    answer = Answer.model_validate(response.json())
    assert (response.status_code, answer.building.building_id) == (200, "00001")
    assert answer.as_of.month == "2022-10"


def test_no_answer_is_kept_or_taken_for_something_else(service: Service) -> None:
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
def test_a_request_without_answer_has_a_reason(
    service: Service, path: str, status: int, reason: str
) -> None:
    response = service.get(path)
    assert (response.status_code, problem_of(response).reason) == (status, reason)
    assert service.get(f"{ONE}M1").status_code == 200


@pytest.mark.parametrize("hostile", [*HOSTILE, "1; drop table subject", "' or '1'='1", "\ufeff"])
def test_hostile_keys_are_refused_by_every_way(service: Service, hostile: str) -> None:
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


def test_what_a_delivery_wrote_is_escaped(service: Service) -> None:
    page = service.get("/building/00002")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text


def test_pages_tell_people_what_the_interface_tells_programs(service: Service) -> None:
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


def test_half_a_character_is_no_key(service: Service) -> None:
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
def test_an_unfit_batch_is_refused(
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


def test_a_body_that_does_not_say_how_long_it_is_ends_too(service: Service) -> None:
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
def test_nothing_can_be_written(service: Service, method: str) -> None:
    response = service.ask(method, f"{ONE}M1", json={})
    assert (response.status_code, problem_of(response).reason) == (405, "method_not_allowed")
    assert response.headers["allow"]


def test_a_name_that_is_not_this_machine_is_not_served(service: Service) -> None:
    response = service.get(f"{ONE}M1", headers={"host": "evil.example"})
    assert problem_of(response).reason == "unknown_host"


def test_a_token_is_asked_for_and_only_a_right_one_is_let_in(
    city: Path, serving: Callable[..., Service]
) -> None:
    service = serving(city, tokens=[TOKEN, "b2" * 16])
    wrong = ("", TOKEN, f"Basic {TOKEN}", "Bearer", "Bearer ", f"Bearer {TOKEN}x", "Bearer 密")
    for header in ({}, *({"authorization": text.encode()} for text in wrong)):
        for path in (f"{ONE}M1", "/", "/api/v1/openapi.json", "/nowhere"):
            response = service.get(path, headers=header)
            assert (response.status_code, problem_of(response).reason) == (401, "unauthorized")
            assert response.headers["www-authenticate"] == "Bearer"
    for token in (TOKEN, "b2" * 16):
        for scheme in ("Bearer", "bearer"):
            right = {"authorization": f"{scheme} {token}", "host": "lookup.example"}
            assert service.get(f"{ONE}M1", headers=right).status_code == 200


def test_where_a_token_is_needed() -> None:
    assert not any(map(need_tokens, ("127.0.0.1", "127.0.0.2", "::1", "localhost")))
    assert all(map(need_tokens, ("0.0.0.0", "::", "10.1.2.3", "example.com", "")))


def test_tokens_that_protect_nothing_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "tokens"
    file.write_text(f"# the police\n{TOKEN} # since 2022\n\n")
    file.chmod(0o644)
    with pytest.raises(TokenError, match="chmod 600"):
        load_tokens(None, file)
    file.chmod(0o600)
    assert load_tokens(None, file) == [TOKEN]
    assert load_tokens("c" * 32, file) == ["c" * 32, TOKEN]
    for weak in ("short", "密" * 40, "two words and more of them to be long"):
        with pytest.raises(TokenError):
            load_tokens(weak, None)
    file.write_text("# none\n")
    with pytest.raises(TokenError, match="no token"):
        load_tokens(None, file)
    assert Tokens([TOKEN]).client(b"Bearer \xff\xfe") is None


def test_who_asks_too_often_has_to_wait(city: Path, serving: Callable[..., Service]) -> None:
    service = serving(city, rate=3)
    statuses = [service.get(f"{ONE}M1").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = service.get(f"{ONE}M1")
    assert problem_of(refused).reason == "too_many_requests"
    assert int(refused.headers["retry-after"]) >= 1


def test_a_batch_costs_as_much_as_its_keys(city: Path, serving: Callable[..., Service]) -> None:
    service = serving(city, rate=5)
    assert service.batch("M1", "M1", "M1").status_code == 200
    assert service.batch("M1", "M1", "M1").status_code == 429


def test_the_bucket_fills_and_forgets() -> None:
    now = [0.0]
    limit = RateLimit(2, 4, clock=lambda: now[0])
    assert [limit.take("a") for _ in range(4)] == [0, 0, 0, 0]
    assert limit.take("a") == 0.5
    assert limit.take("b") == 0
    now[0] = 0.5
    assert limit.take("a") == 0
    assert limit.take("a", 4) == 2
    now[0] = 60
    assert [limit.take("a") for _ in range(5)] == [0, 0, 0, 0, 0.5]
    for number in range(MAX_CLIENTS):
        limit.take(str(number))
    assert limit.take("a") == 0


def test_the_log_tells_what_was_done_and_nothing_of_whom_or_what(
    city: Path, serving: Callable[..., Service]
) -> None:
    service = serving(city, tokens=[TOKEN])
    service.log_path.unlink(missing_ok=True)
    right = {"authorization": f"Bearer {TOKEN}", "user-agent": "Agent-Mueller"}
    service.get(f"{ONE}00001?month=2022-10", headers=right)
    service.get("/", params={"key": "平江路00001号"}, headers=right)
    service.batch("00002", headers=right)
    service.get("/平江路", headers=right)
    service.get(f"{ONE}00003")
    lines = service.logged()
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/api/v1/buildings/{key}", 200),
        ("/", 404),
        ("/api/v1/batch", 200),
        ("(none)", 404),
        ("(none)", 401),
    ]
    assert {line["client"] for line in lines[:4]} == {lines[0]["client"]}
    assert lines[4]["client"] == "-"
    assert set(lines[0]) == {"at", "method", "route", "status", "duration_ms", "client"}
    text = service.log_path.read_text()
    for private in ("0000", "平江", "\\u", "Mueller", TOKEN, TOKEN[:8], "127.0.0.1"):
        assert private not in text


def test_the_log_does_not_grow_for_ever(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "logs" / "lookup.jsonl", max_bytes=1_000)
    for _ in range(200):
        log.record("GET", "/", 200, 0.001, "local")
    log.close()
    sizes = [path.stat().st_size for path in (tmp_path / "logs").iterdir()]
    assert len(sizes) == 6
    assert max(sizes) <= 1_000


def test_without_a_file_the_service_waits_for_one(
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


def test_our_own_fault_is_said_so_without_details(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret path")

    monkeypatch.setattr("orchestration.lookup.reading.LookupFile.find", fail)
    response = service.get(f"{ONE}M1")
    assert (response.status_code, problem_of(response).reason) == (500, "fault")
    assert "secret" not in response.text
