"""The gate of the service: tokens, rate limit, log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lookup.conftest import Service, problem_of

from orchestration.lookup.access_log import AccessLog
from orchestration.lookup.rate_limit import MAX_CLIENTS, RateLimit
from orchestration.lookup.tokens import TokenError, Tokens, load_tokens, need_tokens

TOKEN = "a1" * 16
ONE = "/api/v1/buildings/"


def test_only_a_valid_token_is_accepted(city: Path, serving: Callable[..., Service]) -> None:
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


def test_which_hosts_need_a_token() -> None:
    assert not any(map(need_tokens, ("127.0.0.1", "127.0.0.2", "::1", "localhost")))
    assert all(map(need_tokens, ("0.0.0.0", "::", "10.1.2.3", "example.com", "")))


def test_weak_tokens_are_refused(tmp_path: Path) -> None:
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


def test_a_client_over_its_rate_has_to_wait(city: Path, serving: Callable[..., Service]) -> None:
    service = serving(city, rate=3)
    statuses = [service.get(f"{ONE}M1").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = service.get(f"{ONE}M1")
    assert problem_of(refused).reason == "too_many_requests"
    assert int(refused.headers["retry-after"]) >= 1


def test_a_batch_costs_one_token_per_key(city: Path, serving: Callable[..., Service]) -> None:
    service = serving(city, rate=5)
    assert service.batch("M1", "M1", "M1").status_code == 200
    assert service.batch("M1", "M1", "M1").status_code == 429


def test_the_bucket_refills_and_old_clients_are_dropped() -> None:
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


def test_the_log_has_the_request_without_key_or_person(
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


def test_the_log_is_rotated(tmp_path: Path) -> None:
    log = AccessLog(tmp_path / "logs" / "lookup.jsonl", max_bytes=1_000)
    for _ in range(200):
        log.record("GET", "/", 200, 0.001, "local")
    log.close()
    sizes = [path.stat().st_size for path in (tmp_path / "logs").iterdir()]
    assert len(sizes) == 6
    assert max(sizes) <= 1_000
