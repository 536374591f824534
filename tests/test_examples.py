"""What docstrings show of a function is what it gives."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT


def _modules_with_examples() -> list[str]:
    paths = (
        p
        for room in ("orchestration", "expectations")
        for p in Path(PROJECT_ROOT, room).rglob("*.py")
    )
    shown = (path for path in paths if ">>> " in path.read_text(encoding="utf-8"))
    return sorted(".".join(p.relative_to(PROJECT_ROOT).with_suffix("").parts) for p in shown)


@pytest.mark.parametrize("name", _modules_with_examples())
def test_every_example_in_a_docstring_holds(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.attempted
    assert not result.failed
