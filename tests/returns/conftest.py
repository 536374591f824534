"""A judged district and its return package, made as the command does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from deliver import OCTOBER

from orchestration.returns import child, copies
from orchestration.returns.package import ReturnPackage, build_return
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

Return = Callable[..., ReturnPackage]


@pytest.fixture
def give_back(
    settings: Settings,
    ledger: Ledger,
    judge: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> Return:
    """Judge, then build the package of 姑苏区; ``in_child`` marks copies in a process as it is.

    A process for each file takes most of a second to import what it needs.
    """

    def run(*, in_child: bool = False, **options: int) -> ReturnPackage:
        judge()
        if not in_child:
            monkeypatch.setattr(copies, "_ask_child", _mark_here)
        return build_return(settings, ledger, OCTOBER, "gusu", **options)

    return run


def _mark_here(request: dict[str, Any]) -> str:
    return child.serve(request) or ""
