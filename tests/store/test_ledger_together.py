"""Processes that use one ledger at once lose nothing and write one chain; on both databases."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from deliver import OCTOBER

from orchestration.store.ledger import Ledger
from orchestration.store.match_decisions import SAME, MatchDecision, MatchDecisions
from orchestration.store.records import DeliveredFile

_PROCESSES, _EACH = 4, 15


def _at_once(work: Callable[..., None], place: Path | str) -> None:
    """Run ``work(place, number)`` in several processes that begin together."""
    context = multiprocessing.get_context("fork")
    start = context.Barrier(_PROCESSES)
    children = [
        context.Process(target=_begin, args=(start, work, place, number))
        for number in range(_PROCESSES)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * _PROCESSES


def _begin(start: Barrier, work: Callable[..., None], *arguments: Any) -> None:
    start.wait()
    work(*arguments)


def _write(place: Path | str, number: int) -> None:
    ledger, decisions = Ledger(place), MatchDecisions(place)
    for step in range(_EACH):
        sha256 = f"{number}-{step}"
        part = DeliveredFile("x.csv", sha256)
        arrival = ledger.record_arrival(OCTOBER, "gusu", "monthly_report", sha256, 1, (part,))
        ledger.record_reading(arrival.delivery_id, "reader", sha256, {"itemised": []})
        ledger.record_publication(OCTOBER, sha256)
        # all say the same: it is recorded by one of them
        decisions.record([MatchDecision("code", f"plate {step}", SAME, "who", "2022-11-01")])


def test_nothing_is_lost_and_the_chain_is_whole(place: Path | str) -> None:
    _at_once(_write, place)
    ledger, count = Ledger(place), _PROCESSES * _EACH
    versions = ledger.versions(OCTOBER, "gusu", "monthly_report")
    assert [one.arrival.version for one in versions] == list(range(1, count + 1))
    assert {one.landing_sha256 for one in versions} == {one.arrival.sha256 for one in versions}
    assert len(MatchDecisions(place).latest()) == _EACH
    report = ledger.verify_audit({})
    assert (report.entry_count, report.faults) == (3 * count + _EACH, ())


def _open(place: Path | str, _: int) -> None:
    Ledger(place)


def test_processes_that_open_a_new_ledger_together_make_one(place: Path | str) -> None:
    _at_once(_open, place)
    assert Ledger(place).verify_audit({}).faults == ()
