"""Releases: numbered, locked, never changed, compared and explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from publication.october import OCTOBER, verdict
from publication.releasing import FIRST, REVISED, SECOND, Office, files_below, office, whole_office

from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.explain.explanation import CannotExplainError, explain
from orchestration.publication.release.comparison import NoSuchVintageError, compare
from orchestration.store.releases import DecisionRefusedError

__all__ = ["office", "whole_office"]


def test_an_open_month_is_vintage_0_and_a_released_one_is_kept(office: Office) -> None:
    office.run()
    assert office.completed() == [(0, "provisional", 31)]
    office.release(is_final=True)
    assert office.completed() == [(1, "final", 31)]
    before = files_below(office.settings.published / "2022-10")
    office.run(changes=REVISED, verdicts=[verdict()])
    assert office.completed() == [(1, "final", 31)]
    assert office.ask("from marts.rpt_verdict") == []
    assert files_below(office.settings.published / "2022-10") == before


def test_a_second_release_needs_a_reason_and_the_first_can_still_be_queried(office: Office) -> None:
    office.run()
    office.release(is_final=True)
    office.run(changes=REVISED)
    with pytest.raises(DecisionRefusedError, match="--reason CODE"):
        office.release(SECOND)
    assert office.completed() == [(1, "final", 31)]
    office.release(SECOND, reason_code="corrected_delivery")
    assert office.completed() == [(2, "provisional", 33)]
    vintages = "marts.rpt_district_monthly_vintage"
    assert office.completed(vintages) == [(1, "final", 31), (2, "provisional", 33)]
    assert office.ask(
        "select district_code, metric_id, vintage, old_value, new_value, difference, reason_code"
        " from marts.rpt_revision order by all"
    ) == [
        ("320500", "completed_count", 2, 73, 75, 2, "corrected_delivery"),
        ("320508", "completed_count", 2, 31, 33, 2, "corrected_delivery"),
    ]
    assert office.ask(
        "select released_month_count, revised_month_count, mean_revision, mean_absolute_revision"
        " from marts.rpt_mean_revision where district_id = 'gusu' and metric_id = 'completed_count'"
    ) == [(1, 1, 2.0, 2.0)]
    assert office.ask(
        "select vintage, value, revision from marts.rpt_revision_triangle"
        " where district_id = 'gusu' and metric_id = 'completed_count' order by vintage"
    ) == [(1, 31, None), (2, 33, 2)]
    assert (office.settings.published / "2022-10" / "v1" / "bulletin.html").exists()


def test_a_figure_that_was_missing_is_a_revision_without_a_difference(office: Office) -> None:
    office.run(absent=["sip"])
    office.release()
    office.run()
    office.release(SECOND, reason_code="late_delivery")
    [row] = office.ask(
        "select old_value, new_value, difference, delivery from marts.rpt_revision"
        " where district_code = '320571' and metric_id = 'verified_count'"
    )
    assert row == (None, 2, None, "2022-10/sip/monthly_report/1")
    [(causes,)] = office.ask(
        "select delivery from marts.rpt_revision"
        " where district_code = '320500' and metric_id = 'verified_count'"
    )
    assert causes == "2022-10/sip/monthly_report/1"


def as_clients_open_it(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield connections that have the file directly, and attached with use."""
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as figures (read_only)")
        connection.execute("use figures")
        yield connection


def test_macros_return_what_was_released_and_what_was_known(office: Office) -> None:
    office.run()
    office.release()
    office.run(changes=REVISED)
    office.release(SECOND, reason_code="corrected_delivery", is_final=True)
    office.decide("withdraw", SECOND + timedelta(days=1))
    column = "select vintage, status, completed_count"
    asked = {
        "as_released('2022-10', 1)": [(1, "provisional", 31)],
        "as_released(date '2022-10-01', 2)": [(2, "withdrawn", 33)],
        "as_released('2022-10', 3)": [],
        "as_released('2022-09', 1)": [],
        "as_known_on('2022-10', date '2022-11-05')": [],
        "as_known_on('2022-10', date '2022-11-06')": [(1, "provisional", 31)],
        "as_known_on('2022-10', timestamp '2022-11-06 09:29:59')": [],
        "as_known_on('2022-10', timestamp '2022-11-06 09:30:00')": [(1, "provisional", 31)],
        "as_known_on(date '2022-10-01', '2022-11-15')": [(2, "final", 33)],
        "as_known_on('2022-10', date '2022-11-16')": [(2, "withdrawn", 33)],
        "as_known_on('2022-10', now())": [(2, "withdrawn", 33)],
    }
    for connection in as_clients_open_it(office.settings.statistics):
        for call, rows in asked.items():
            found = connection.execute(f"{column} from marts.{call} where district_id = 'gusu'")
            assert found.fetchall() == rows, call
            whole = connection.execute(f"select count(*) from marts.{call}").fetchall()
            assert whole == [(11 if rows else 0,)]


def test_what_an_open_month_says_is_known_since_it_was_published(office: Office) -> None:
    office.run()
    known = "marts.as_known_on('2022-10', date '2022-11-{}')"
    assert office.completed(known.format("05")) == [(0, "provisional", 31)]
    assert office.completed(known.format("04")) == []


def test_withdrawn_and_unlocked_months_say_so_and_their_files_stay(whole_office: Office) -> None:
    whole_office.run()
    whole_office.release(is_final=True)
    folder = whole_office.settings.published / "2022-10"
    numbered = files_below(folder / "v1")
    whole_office.decide("erratum", FIRST)
    assert whole_office.completed() == [(1, "final", 31)]
    whole_office.decide("withdraw")
    assert whole_office.completed() == [(1, "withdrawn", 31)]
    assert "〔已撤回〕" in (folder / "bulletin.html").read_text(encoding="utf-8")
    assert files_below(folder / "v1") == numbered
    whole_office.run(changes=REVISED)
    assert whole_office.completed() == [(1, "withdrawn", 31)]
    whole_office.decide("unlock")
    assert whole_office.completed() == [(0, "provisional", 33)]
    assert whole_office.completed("marts.rpt_district_monthly_vintage") == [
        (0, "provisional", 33),
        (1, "withdrawn", 31),
    ]
    assert "〔初步数据〕" in (folder / "bulletin.html").read_text(encoding="utf-8")
    whole_office.release(SECOND, reason_code="platform_error")
    assert whole_office.completed() == [(2, "provisional", 33)]
    assert [
        row[0] for row in whole_office.ask("select action from marts.rpt_release_decision")
    ] == [
        "release",
        "erratum",
        "withdraw",
        "unlock",
        "release",
    ]


def test_every_monthly_mart_takes_part_in_releases(office: Office) -> None:
    office.run()
    with duckdb.connect(str(office.settings.warehouse)) as connection:
        connection.execute(
            "create table marts.fct_new (month date, district_id varchar, n integer)"
        )
        connection.execute("insert into marts.fct_new values ('2022-10-01', 'gusu', 1)")
        connection.execute("insert into marts.fct_new values ('2022-09-01', 'gusu', 5)")
    office.release()
    with duckdb.connect(str(office.settings.warehouse)) as connection:
        connection.execute("update marts.fct_new set n = n + 1")
        connection.execute("alter table marts.fct_new add column later integer")
    publish_statistics(office.settings)
    assert office.ask("from marts.fct_new order by month") == [
        (FIRST.date().replace(month=9, day=1), "gusu", 6, None),
        (FIRST.date().replace(month=10, day=1), "gusu", 1, None),
    ]
    found = compare(office.settings, office.ledger, OCTOBER, 1, 0)
    assert found.figures == []
    assert [row["mart"] for row in found.marts] == ["fct_new"]


def test_vintages_are_compared_cell_by_cell(office: Office) -> None:
    office.run()
    office.release()
    office.run(changes=REVISED)
    figures = compare(office.settings, office.ledger, OCTOBER, 1, 0).figures
    assert [(r["district_id"], r["measure"], r["difference"]) for r in figures] == [
        ("gusu", "completed_count", 2),
        ("city", "completed_count", 2),
    ]
    with pytest.raises(NoSuchVintageError, match="现有：0、1"):
        compare(office.settings, office.ledger, OCTOBER, 1, 2)


def test_a_figure_is_explained_as_the_vintage_has_it(office: Office) -> None:
    office.run(absent=["sip"])
    office.release()
    office.run(absent=["sip"], changes=REVISED)
    place = (office.settings, office.ledger, OCTOBER)
    released, working = (explain(*place, "gusu", "completed_count", n) for n in (1, 0))
    assert (released["value"], working["value"]) == (31, 33)
    assert [(v["vintage"], v["value"]) for v in released["values"]] == [(0, 33), (1, 31)]
    # no run wrote the rows here, and that is said
    assert not released["adds_up"]
    city = explain(*place, "city", "处理完成件数")
    assert (city["vintage"], city["value"], city["adds_up"]) == (1, 73, True)
    assert [row["value"] for row in city["districts"] if row["district_id"] == "sip"] == [None]
    missing = explain(*place, "sip", "verified_count")
    assert (missing["basis"], missing["value"], missing["rows"]) == ("missing", None, [])
    assert missing["adds_up"]
    for district_id, measure, vintage in (("gusu", "nothing", 1), ("gusu", "verified_count", 7)):
        with pytest.raises(CannotExplainError):
            explain(*place, district_id, measure, vintage)
