"""The look-up service over a small city, called in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lookup.city import EVERYTHING, write_city

from orchestration.lookup.access_log import AccessLog
from orchestration.lookup.file_reading import LookupFiles
from orchestration.lookup.gate import Gate
from orchestration.lookup.problems import MEDIA_TYPE, Problem
from orchestration.lookup.rate_limit import RateLimit
from orchestration.lookup.service import make_app
from orchestration.lookup.tokens import Tokens


class Service:
    """A service over the files of a home, with what it logged."""

    def __init__(self, home: Path, *, tokens: list[str] = [], rate: float = 1e6) -> None:  # noqa: B006
        self.home = home
        self.log_path = home / "logs" / "lookup.jsonl"
        self._log = AccessLog(self.log_path)
        limit = RateLimit(rate, max(rate, 200) if rate > 200 else rate)
        self.app = make_app(
            LookupFiles(home / "internal" / "lookup"), limit, needs_token=bool(tokens)
        )
        self.gate = Gate(
            self.app, tokens=Tokens(tokens), limit=limit, log=self._log, is_local=not tokens
        )

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request as a client of this machine would."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.gate, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1"
            ) as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.ask("GET", path, **options)

    def batch(self, *keys: str, **options: Any) -> httpx.Response:
        return self.ask("POST", "/api/v1/batch", json={"keys": keys}, **options)

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_path.read_text().splitlines()]

    def close(self) -> None:
        self._log.close()


def problem_of(response: httpx.Response) -> Problem:
    """Return the problem details of a response, after checking their form."""
    assert response.headers["content-type"] == MEDIA_TYPE
    problem = Problem.model_validate(response.json())
    assert problem.status == response.status_code
    assert problem.type == f"urn:fangan:problem:{problem.reason}"
    assert problem.detail
    return problem


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the look-up file of October."""
    home = tmp_path_factory.mktemp("lookup_city")
    write_city(home, **EVERYTHING)
    return home


@pytest.fixture
def serving() -> Iterator[Callable[..., Service]]:
    """Make services over a home; their logs are closed at the end."""
    made: list[Service] = []

    def make(home: Path, **options: Any) -> Service:
        made.append(Service(home, **options))
        return made[-1]

    yield make
    for service in made:
        service.close()


@pytest.fixture(scope="module")
def service(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service over the city, with a log of its own."""
    home = tmp_path_factory.mktemp("service")
    (home / "internal").symlink_to(city / "internal")
    made = Service(home)
    yield made
    made.close()
