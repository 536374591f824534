"""The checks of every request: host, token, rate and size; also common headers and the log.

ASGI middleware around the whole application, so that no route can be reached without it. Add here
what is the same for all requests; single routes are in ``service``.
"""

from __future__ import annotations

import math
import time
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestration.lookup.access_log import AccessLog
from orchestration.lookup.problems import request_problem, send
from orchestration.lookup.rate_limit import RateLimit
from orchestration.lookup.tokens import Tokens

MAX_BODY_BYTES = 65_536
#: Answers are about single buildings: never cached, and never interpreted as another type.
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self';"
        b" base-uri 'none'; frame-ancestors 'none'",
    ),
]
#: Host names of a service without tokens: they stop a foreign page whose own host name points at
#: this machine (DNS rebinding).
_LOCAL_NAMES = (b"127.0.0.1", b"localhost", b"[::1]")
_FAULT = 500


class Gate:
    """Middleware that checks ``tokens`` and ``limit`` and writes ``log``."""

    def __init__(
        self, app: ASGIApp, *, tokens: Tokens, limit: RateLimit, log: AccessLog, is_local: bool
    ) -> None:
        self._app, self._tokens, self._limit, self._log = app, tokens, limit, log
        self._is_local = is_local

    async def __call__(self, scope: Scope, receive: Receive, send_on: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send_on)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        client = self._tokens.client(headers.get(b"authorization"))
        response = _Response(send_on)
        try:
            refused = self._refusal(scope, headers, client)
            if refused is not None:
                await refused(scope, receive, response)
            else:
                scope["client_name"] = client
                await self._app(scope, _bounded(receive), response)
        finally:
            route = scope.get("route")
            self._log.record(
                scope["method"],
                getattr(route, "path", None),
                response.status,
                time.perf_counter() - started,
                client or "-",
            )

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes], client: str | None) -> Any:
        """Return the response to a request that is not allowed, or None."""
        name = headers.get(b"host", b"").rsplit(b":", 1)[0]
        if self._is_local and name not in _LOCAL_NAMES:
            return send(request_problem("unknown_host"))
        # clients without a token are counted by address, so they cannot use up another's share
        wait = self._limit.take(client or f"at {(scope.get('client') or ('', 0))[0]}")
        if wait:
            return too_many(wait)
        if client is None:
            return send(request_problem("unauthorized"), {"WWW-Authenticate": "Bearer"})
        if scope["method"] == "POST":
            length = headers.get(b"content-length", b"0")
            if not length.isdigit() or int(length) > MAX_BODY_BYTES:
                return send(request_problem("too_large"))
        return None


def too_many(wait: float) -> Any:
    """Return the response to a client that has to wait ``wait`` seconds."""
    return send(request_problem("too_many_requests"), {"Retry-After": str(math.ceil(wait))})


def _bounded(receive: Receive) -> Receive:
    """Return ``receive`` with a limit on the body, whatever its Content-Length says."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return bounded


class _Response:
    """Sends a response with the common headers, and remembers its status."""

    def __init__(self, send_on: Send) -> None:
        self._send_on = send_on
        self.status = _FAULT

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
        await self._send_on(message)
