"""A city without planted faults is without findings, also against its own last month."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.simulation.city import Simulated
from orchestration.store.ledger import Ledger


@pytest.mark.parametrize("district_id", ["xiangcheng", "gusu"])
def test_the_rules_find_nothing(
    settings: Settings,
    ledger: Ledger,
    readers: ReaderPool,
    city: tuple[Path, dict[Month, Simulated]],
    district_id: str,
) -> None:
    """Two districts stand for all: a workbook with 合计 and text dates, and a GB18030 csv."""
    shutil.copytree(city[0], settings.raw, dirs_exist_ok=True)
    for month in city[1]:
        judged = judge_district_month(settings, ledger, readers.read, month, district_id)
        states = {j.kind: j.state for j in judged.judgements if j.row_count is not None}
        assert set(states.values()) == {"accepted"}, states
        failed = [
            (j.kind, v.rule_id, v.failing_count, v.reason)
            for j in judged.judgements
            for v in j.verdicts
            if v.outcome in ("fail", "error")
        ]
        assert failed == []
