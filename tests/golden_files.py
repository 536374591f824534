"""Comparing with a golden file; ``FANGAN_WRITE_GOLDEN=1 make test`` rewrites them for review."""

from __future__ import annotations

import os

from deliver import GOLDEN


def matches_golden(name: str, content: str) -> None:
    """Assert that ``content`` equals the golden file of that name, to the letter."""
    path = GOLDEN / name
    if os.environ.get("FANGAN_WRITE_GOLDEN"):
        path.write_text(content, encoding="utf-8")
    assert content == path.read_text(encoding="utf-8"), f"differs from tests/golden/{name}"
