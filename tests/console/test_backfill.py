"""What ``fangan backfill`` plans, asks and answers; the runs themselves are those of a month."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result
from deliver import report

from orchestration.cli import cli
from orchestration.console.exit_codes import FAULT, FINDINGS, FINE
from orchestration.console.monthly import backfill
from orchestration.console.monthly.month_run import RunFailedError
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import BusyError

AUGUST, SEPTEMBER, OCTOBER = Month(2022, 8), Month(2022, 9), Month(2022, 10)


@pytest.fixture
def runs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Month]:
    """August and October have deliveries; the month's job is only noted."""
    for month in (AUGUST, OCTOBER):
        report(settings.raw, "gusu", month)
    asked: list[Month] = []
    monkeypatch.setattr(backfill, "run_month", lambda _, month: asked.append(month))
    return asked


def _backfill(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["backfill", *arguments], standalone_mode=False)


def test_the_plan_comes_first_and_nothing_runs_unasked(runs: list[Month]) -> None:
    refused = _backfill("2022-08..2022-10")
    assert "add --yes" in str(refused.exception)
    assert [line.split()[1] for line in refused.output.splitlines() if "│ 2022" in line]
    assert "将统计 2 个月" in refused.output
    assert runs == []


def test_each_due_month_is_one_run_in_order(runs: list[Month]) -> None:
    done = _backfill("2022-08..2022-10", "--yes", "--json")
    assert (done.return_value, runs) == (FINE, [AUGUST, OCTOBER])
    told = json.loads(done.output)
    assert [(one["month"], one["state"]) for one in told["plan"]] == [
        ("2022-08", "due"),
        ("2022-09", "nothing_delivered"),
        ("2022-10", "due"),
    ]
    assert [one["state"] for one in told["done"]] == ["published", "published"]


def test_a_month_of_an_earlier_program_is_made_again(
    runs: list[Month], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "due_months", lambda *_: [])
    monkeypatch.setattr(backfill, "stale_months", lambda *_: [AUGUST, OCTOBER])
    done = _backfill("2022-09..2022-10", "--yes", "--json")
    assert (done.return_value, runs) == (FINE, [OCTOBER])
    assert [one["state"] for one in json.loads(done.output)["plan"]] == [
        "nothing_delivered",
        "stale",
    ]


def test_a_month_that_fails_does_not_stop_the_others(
    runs: list[Month], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(_: Settings, month: Month) -> None:
        runs.append(month)
        if month == AUGUST:
            raise RunFailedError("statistics: a test failed")

    monkeypatch.setattr(backfill, "run_month", run)
    done = _backfill("2022-08..2022-10", "--yes")
    assert (done.return_value, runs) == (FAULT, [AUGUST, OCTOBER])
    assert "2022-08 失败 statistics: a test failed" in done.output


def test_a_home_in_use_ends_it(runs: list[Month], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: Any) -> None:
        raise BusyError("month is in use by process 7")

    monkeypatch.setattr(backfill, "run_month", run)
    assert isinstance(_backfill("2022-08..2022-10", "--yes").exception, BusyError)


def test_a_span_without_deliveries_is_a_finding(runs: list[Month]) -> None:
    assert _backfill("2021-05..2021-06", "--yes").return_value == FINDINGS
    assert runs == []


@pytest.mark.parametrize("span", ["2022-10..2022-08", "2022..2023", "2019-01..2019-02", ""])
def test_a_wrong_span_is_refused(span: str) -> None:
    assert "2022" in str(_backfill(span).exception) or "month" in str(_backfill(span).exception)


def test_a_month_without_any_delivery_is_not_run(settings: Settings) -> None:
    done = CliRunner().invoke(cli, ["month", "2021-05"], standalone_mode=False)
    assert "没有任何报送" in str(done.exception)
    assert Ledger(settings.ledger).months() == []
    assert not list(settings.published.iterdir())


def test_months_that_have_not_come_are_early(runs: list[Month]) -> None:
    coming = Month.of(datetime.now(SUZHOU).date()).shift(1)
    planned = json.loads(_backfill(f"{coming}..{coming}", "--yes", "--json").output)["plan"]
    assert [one["state"] for one in planned] == ["early"]
