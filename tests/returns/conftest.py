"""A judged district and its package, as the command would make them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from deliver import OCTOBER

from orchestration.ingest.readers import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.returns.package import ReturnPackage, build_return
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement

Judge = Callable[[], dict[str, Judgement]]
Return = Callable[..., ReturnPackage]


@pytest.fixture
def judge(settings: Settings, ledger: Ledger, readers: ReaderPool) -> Judge:
    """Judge what 姑苏区 has delivered for October; return its judgements by kind."""

    def run() -> dict[str, Judgement]:
        judged = judge_district_month(settings, ledger, readers.read, OCTOBER, "gusu")
        return {judgement.kind: judgement for judgement in judged.judgements}

    return run


@pytest.fixture
def give_back(settings: Settings, ledger: Ledger, judge: Judge) -> Return:
    """Judge, then build the package of 姑苏区."""

    def run(**options: int) -> ReturnPackage:
        judge()
        return build_return(settings, ledger, OCTOBER, "gusu", **options)

    return run
