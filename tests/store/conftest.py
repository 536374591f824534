"""The ledger's tests run on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, settings: Settings) -> Path | str:
    """Where a ledger is to be: a file, or an empty schema of a real server."""
    if request.param == "sqlite":
        return settings.ledger
    return str(request.getfixturevalue("postgres_server").schema())
