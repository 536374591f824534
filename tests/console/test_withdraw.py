"""Withdrawn deliveries are confirmed, recorded, and never counted again silently."""

from __future__ import annotations

import click
import pytest
from deliver import OCTOBER, report

from orchestration.console.stored.withdrawals import withdraw
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


def test_a_withdrawn_delivery_is_missing_until_other_bytes_arrive(
    settings: Settings, ledger: Ledger, judge
) -> None:
    report(settings.raw, "gusu")
    assert judge()["monthly_report"].state == "accepted"
    record = withdraw(settings, "2022-10/姑苏区/monthly_report/1", "发错月份")
    assert record["next"] == "fangan month 2022-10"
    assert judge()["monthly_report"].state == "missing"
    assert ledger.verify_audit({}).faults == ()
    report(settings.raw, "gusu", verified_count=29)
    assert judge()["monthly_report"].state == "accepted"
    assert [v.withdrawn_at is None for v in ledger.versions(OCTOBER, "gusu", "monthly_report")] == [
        False,
        True,
    ]
    with pytest.raises(click.UsageError, match="已撤回"):
        withdraw(settings, "2022-10/gusu/monthly_report/1", "又一次")


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        ("3", "write it as MONTH/DISTRICT"),
        ("2022-13/gusu/monthly_report/1", "YYYY-MM"),
        ("2022-10/atlantis/monthly_report/1", "没有这个地区"),
        ("2022-10/gusu/frobnicate/1", "没有这个地区或报表种类"),
        ("2022-10/gusu/monthly_report/9", "共收到 0 次"),
    ],
)
def test_an_unknown_delivery_is_reported_with_the_correct_form(
    settings: Settings, delivery: str, words: str
) -> None:
    with pytest.raises(click.UsageError, match=words):
        withdraw(settings, delivery, "说明")
