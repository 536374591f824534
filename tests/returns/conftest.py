"""A judged district and its return package, made as the command does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from deliver import OCTOBER

from orchestration.returns.package import ReturnPackage, build_return
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

Return = Callable[..., ReturnPackage]


@pytest.fixture
def give_back(settings: Settings, ledger: Ledger, judge: Callable[..., object]) -> Return:
    """Judge, then build the package of 姑苏区."""

    def run(**options: int) -> ReturnPackage:
        judge()
        return build_return(settings, ledger, OCTOBER, "gusu", **options)

    return run
