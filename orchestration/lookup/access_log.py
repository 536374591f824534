"""The access log: one JSON line per request, without the key or anything personal.

A line has time, method, route template, status, duration and a short hash of the client's token.
The file is rotated at ``MAX_BYTES``; ``KEPT`` old files are kept.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from orchestration.reference.deadlines import SUZHOU

MAX_BYTES = 10_000_000
KEPT = 5
_NO_ROUTE = "(none)"


class AccessLog:
    """Writes the log of requests to its own file."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._handler = RotatingFileHandler(
            path, maxBytes=max_bytes, backupCount=KEPT, encoding="utf-8", delay=True
        )
        self._logger = logging.Logger("fangan.lookup")
        self._logger.addHandler(self._handler)

    def record(
        self, method: str, route: str | None, status: int, seconds: float, client: str
    ) -> None:
        """Write one request."""
        line = {
            "at": datetime.now(SUZHOU).isoformat(timespec="milliseconds"),
            "method": method if method.isascii() and method.isalpha() else "?",
            "route": route or _NO_ROUTE,
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "client": client,
        }
        self._logger.info(json.dumps(line))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()
