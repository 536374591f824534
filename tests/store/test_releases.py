"""A month's release state after its decisions, and an audit log that detects every change."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from deliver import OCTOBER
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from ledger_places import client, tamper

from orchestration.reference.deadlines import SUZHOU
from orchestration.settings import Settings
from orchestration.store import audit
from orchestration.store.databases.copying import TABLES
from orchestration.store.databases.sqlite import open_file
from orchestration.store.ledger import Ledger
from orchestration.store.migrations import STEPS
from orchestration.store.records import DeliveredFile
from orchestration.store.releases import Decision, DecisionRefusedError, ReleaseState

FIRST = datetime(2022, 11, 6, 9, 30, tzinfo=SUZHOU)
ACTIONS = ("release", "final", "erratum", "withdraw", "unlock")


@pytest.fixture
def ledger(place: Path | str) -> Ledger:
    return Ledger(place)


def decision(action: str, vintage: int = 1, **changes: Any) -> Decision:
    """Return a decision on October; ``final`` is a release as final."""
    is_release = action in ("release", "final")
    values: dict[str, Any] = {
        "month": OCTOBER,
        "vintage": vintage,
        "action": "release" if is_release else action,
        "decided_at": FIRST,
        "note": "说明",
        "decided_by": "张科长",
        "reason_code": "corrected_delivery" if is_release and vintage > 1 else None,
        "status": {"release": "provisional", "final": "final"}.get(action),
        "manifest_sha256": "0" * 64 if is_release else None,
    }
    return Decision(**(values | changes))


def test_a_month_is_unlocked_before_its_release_and_after_unlocking(ledger: Ledger) -> None:
    assert ledger.release_state(OCTOBER) == ReleaseState(OCTOBER)
    assert ledger.release_state(OCTOBER).shown is None
    released = ledger.decide(decision("final")).shown
    assert released is not None
    assert (released.number, released.status) == (1, "final")
    assert ledger.decide(decision("unlock")).shown is None
    again = ledger.decide(decision("release", 2)).shown
    assert again is not None
    assert (again.number, again.status) == (2, "provisional")
    withdrawn = ledger.decide(decision("withdraw", 2))
    assert [v.status for v in withdrawn.vintages] == ["final", "withdrawn"]
    assert withdrawn.shown == withdrawn.vintages[1]
    assert ledger.release_states() == {OCTOBER: withdrawn}
    assert ledger.release_states(until=1)[OCTOBER].decisions == withdrawn.decisions[:1]


@pytest.mark.parametrize(
    ("made", "refused", "words"),
    [
        ([], decision("release", note=" "), "--note"),
        ([], decision("unlock", 0), "Not released yet"),
        ([], decision("release", 2), "下一版应为第1版"),
        (["release"], decision("release", 2, reason_code=None), "--reason CODE"),
        (["release"], decision("release", 1), "下一版应为第2版"),
        (["release"], decision("erratum", decided_at=FIRST - timedelta(seconds=1)), "早于"),
        (["release", "unlock"], decision("unlock"), "没有锁定"),
        (["release", "withdraw"], decision("withdraw"), "已撤回"),
        (["release", "withdraw"], decision("erratum"), "已撤回"),
    ],
)
def test_an_invalid_decision_is_refused_with_its_reason(
    ledger: Ledger, made: list[str], refused: Decision, words: str
) -> None:
    for action in made:
        ledger.decide(decision(action))
    before = ledger.release_state(OCTOBER)
    with pytest.raises(DecisionRefusedError, match=words):
        ledger.decide(refused)
    assert ledger.release_state(OCTOBER) == before


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(actions=st.lists(st.sampled_from(ACTIONS), max_size=12))
def test_any_sequence_of_decisions_gives_a_consistent_state(actions: list[str]) -> None:
    """Decided without the ledger's file, by the rules alone."""
    state, locked, latest = ReleaseState(OCTOBER), False, None
    for step, action in enumerate(actions):
        number = len(state.vintages) + (action in ("release", "final"))
        request = decision(action, number, decided_at=FIRST + timedelta(hours=step))
        before = state
        if state.refusal(request) is None:
            state = ReleaseState(OCTOBER, (*state.decisions, request))
            locked = {"release": True, "final": True, "unlock": False}.get(action, locked)
            latest = {"release": "provisional", "final": "final", "withdraw": "withdrawn"}.get(
                action, latest
            )
        # nothing is ever renumbered or forgotten, and only the last vintage changes its state
        assert [v.number for v in state.vintages] == list(range(1, len(state.vintages) + 1))
        assert [v.release for v in state.vintages][: len(before.vintages)] == [
            v.release for v in before.vintages
        ]
        assert [v.status for v in state.vintages[:-1]] == [
            v.status for v in before.vintages[: max(len(state.vintages) - 1, 0)]
        ]
        assert (state.shown is not None) == locked
        if state.vintages:
            assert state.vintages[-1].status == latest
        if state.shown:
            assert state.shown == state.vintages[-1]


def fill(ledger: Ledger) -> None:
    """Record three arrivals, a release, a reading and a publication."""
    for number, district_id in enumerate(("gusu", "sip", "gaoxin")):
        sha256 = f"{number}" * 64
        parts = (DeliveredFile("monthly_report.xlsx", sha256),)
        ledger.record_arrival(OCTOBER, district_id, "monthly_report", sha256, 1, parts)
    ledger.decide(decision("release"))
    ledger.record_reading(1, "reader", "0" * 64, {"itemised": []})
    ledger.record_publication(OCTOBER, "from this")


def test_an_untouched_log_verifies(ledger: Ledger) -> None:
    assert ledger.verify_audit({}).faults == ()
    fill(ledger)
    head = ledger.audit_head()
    report = ledger.verify_audit({"statistics.duckdb": head})
    assert (report.entry_count, report.head, report.faults) == (6, head, ())


@pytest.mark.parametrize("table", ["audit", "arrival", "reading", "release_decision"])
@pytest.mark.parametrize("statement", ["update {} set {} = 7", "delete from {}"])
def test_the_database_refuses_updates_and_deletes(
    place: Path | str, ledger: Ledger, table: str, statement: str
) -> None:
    fill(ledger)
    with pytest.raises(Exception, match="only grows"), client(place) as cursor:
        cursor.execute(statement.format(table, TABLES[table]))


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["update audit set content = '{}' where entry_id = 2"], "entry 2 was changed"),
        (["update audit set recorded_at = 'then' where entry_id = 4"], "entry 4 was changed"),
        (["delete from audit where entry_id = 2"], "entry 3 follows entry 1"),
        (["delete from audit where entry_id = 4"], "has no entry"),
        (["update reading set content = '{}'"], "reading 1 is not what entry 5 says"),
        (["update reading set landing_sha256 = 'x'"], "reading 1 is not what entry 5 says"),
        (["delete from publication"], "publication 1 of entry 6 was deleted"),
        (["update publication set month = '2022-11'"], "not what entry 6 says"),
        (["update release_decision set approved_by = '李处长'"], "not what entry 4 says"),
        (["update arrival set sha256 = 'other' where delivery_id = 1"], "not what entry 1 says"),
        (["update release_decision set note = 'nicer'"], "not what entry 4 says"),
        (
            ["delete from arrival where delivery_id = 3"],
            "arrival 3 of entry 3 was deleted",
        ),
        (
            [
                "update audit set entry_id = 9 where entry_id = 2",
                "update audit set entry_id = 2 where entry_id = 3",
                "update audit set entry_id = 3 where entry_id = 9",
            ],
            "entry 2 is not chained",
        ),
        (
            [
                "insert into arrival (month, district_id, kind, version, file_name, sha256, size,"
                " parts, arrived_at) values ('2022-10', 'gusu', 'monthly_report', 2, 'x', 'y', 1,"
                " '[]', 'now')"
            ],
            "arrival 4 has no entry",
        ),
        (
            [
                "delete from reading",
                "delete from publication",
                "delete from audit where entry_id >= 5",
                "update sqlite_sequence set seq = 4 where name = 'audit'",
            ],
            "no longer holds the state noted in statistics.duckdb",
        ),
    ],
)
def test_every_way_to_rewrite_the_log_is_detected(
    place: Path | str, ledger: Ledger, statements: list[str], words: str
) -> None:
    fill(ledger)
    noted = ledger.audit_head()
    tamper(place, *statements)
    faults = ledger.verify_audit({"statistics.duckdb": noted}).faults
    assert words in "\n".join(faults)


def test_only_a_different_reading_is_recorded_again(ledger: Ledger) -> None:
    fill(ledger)
    ledger.record_reading(1, "reader", "0" * 64, {"itemised": []})
    assert ledger.verify_audit({}).entry_count == 6
    ledger.record_reading(1, "reader", "1" * 64, {"itemised": []})
    assert ledger.reading(1, "reader") == ("1" * 64, {"itemised": []})
    assert ledger.versions(OCTOBER, "gusu", "monthly_report")[0].landing_sha256 == "1" * 64
    report = ledger.verify_audit({})
    assert (report.entry_count, report.faults) == (7, ())


def test_rows_of_an_older_ledger_get_their_audit_entries_once(settings: Settings) -> None:
    """As commit 54aaec0 left it: a reading and a publication without an audit entry."""
    assert isinstance(settings.ledger, Path)
    with sqlite3.connect(settings.ledger) as connection:
        STEPS[0](connection)
        connection.execute(
            "insert into arrival values (1, '2022-10', 'gusu', 'k', 1, 'f', 'h', 1, '[]', 'then')"
        )
        connection.execute("insert into reading values (1, 'reader', 'hash', '{}', 'then')")
        connection.execute("insert into publication values (1, '2022-10', 'f', 'then')")
        connection.execute(
            "insert into release_decision values"
            " (1, '2022-10', 1, 'release', 'final', 'then', null, 'n', 'who', 'm', '[]')"
        )
    with closing(open_file(settings.ledger)) as connection, connection:
        for event in ("arrival", "release_decision"):
            audit.append(connection, event, 1)
    for _ in range(2):
        ledger = Ledger(settings.ledger)
        report = ledger.verify_audit({})
        assert (report.entry_count, report.faults) == (4, ())
        assert ledger.unsettled() == []
    assert ledger.reading(1, "reader") == ("hash", {})
    tamper(settings.ledger, "delete from reading")
    assert "reading 1 of entry 3 was deleted" in Ledger(settings.ledger).verify_audit({}).faults


def test_a_decision_is_unsettled_until_recorded_as_settled(ledger: Ledger) -> None:
    fill(ledger)
    assert [made.action for made in ledger.unsettled()] == ["release"]
    ledger.settle(OCTOBER)
    ledger.settle(OCTOBER)
    assert ledger.unsettled() == []
    ledger.decide(decision("erratum"))
    assert [made.action for made in ledger.unsettled()] == ["erratum"]
    assert ledger.entry_of(ledger.unsettled()[0]).hash == ledger.audit_head()
