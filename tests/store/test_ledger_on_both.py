"""Whatever is asked of a ledger, PostgreSQL answers as SQLite does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from deliver import OCTOBER
from postgres_server import Server

from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.store.ledger import Ledger
from orchestration.store.ledger_database import copy_whole_ledger
from orchestration.store.match_decisions import DIFFERENT, SAME, MatchDecision, MatchDecisions
from orchestration.store.records import DeliveredFile, Judgement, StoredFile, Verdict
from orchestration.store.releases import Decision, has_unsettled

PLACE = (OCTOBER, "gusu", "monthly_report")
SEPTEMBER = Month(2022, 9)
FILE = StoredFile("accepted/x.parquet", "h")


def _judged(delivery_id: int | None, month: Month = OCTOBER, **changes: Any) -> Judgement:
    values: dict[str, Any] = {
        "month": month,
        "district_id": "gusu",
        "kind": "monthly_report",
        "delivery_id": delivery_id,
        "fingerprint": f"f{delivery_id}",
        "state": "accepted",
        "as_at": None,
        "row_count": 3,
        "accepted_count": 3,
        "quarantined_count": 0,
        "itemised_count": 0,
        "files": {"accepted": FILE, "findings": FILE},
        # Chinese and upper-case names sort by their bytes
        "verdicts": tuple(
            Verdict(rule, "完整性", "warn", "fail", 1, 3, "缺项")
            for rule in ("MR-101", "a", "Z", "月报")
        ),
    }
    return Judgement(**(values | changes))


def _fill(place: Path) -> None:
    ledger = Ledger(place)
    for sha256 in ("withdrawn", "former", "current"):
        part = DeliveredFile("月报.xlsx", sha256)
        arrival = ledger.record_arrival(*PLACE, sha256, 10, (part,))
        content = {"itemised": [{"role": "title", "count": 2}], "notes_sha256": sha256}
        ledger.record_reading(arrival.delivery_id, "reader", sha256, content)
        ledger.record_judgements([_judged(arrival.delivery_id), _judged(None, kind="delivery")])
    ledger.record_withdrawal(1, "wrong file")
    ledger.record_judgements([_judged(None, SEPTEMBER)])
    decided_at = datetime(2022, 11, 6, 9, 30, tzinfo=SUZHOU)
    released = Decision(OCTOBER, 1, "release", decided_at, "说明", "张", None, "final", "0" * 64)
    ledger.decide(released)
    ledger.settle(OCTOBER)
    ledger.decide(Decision(OCTOBER, 1, "erratum", decided_at, "更正", "张"))
    ledger.record_sample(
        OCTOBER, size=5, seed=1, frame_sha256="h", frame_count=9, absent=("sip",), file=FILE
    )
    ledger.record_publication(OCTOBER, "from this")
    ledger.record_name_key("hash")
    ledger.record_public_files({"published/a": "1", "published/b": "2"})
    ledger.record_public_files({"published/a": "3", "published/b": None})
    MatchDecisions(place).record(
        [
            MatchDecision("code", "plate", SAME, "who", "2022-11-01"),
            MatchDecision("code", "other", DIFFERENT, "who", "2022-11-01", "note"),
        ]
    )
    for is_complete in (True, False):
        ledger.record_backup((Path("/b"), "n"), "hash", counts=(1, 2), is_complete=is_complete)


@pytest.fixture(scope="module")
def both(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The same ledger in both databases."""
    file = tmp_path_factory.mktemp("both") / "ledger.sqlite"
    _fill(file)
    url = postgres_server.schema()
    copy_whole_ledger(file, url)
    return file, url


#: Each method that asks, with arguments that are answered.
QUESTIONS: dict[str, Callable[[Ledger], Any]] = {
    "accepted_before": lambda one: one.accepted_before(OCTOBER, "gusu", Month(2022, 1)),
    "archived_hashes": lambda one: one.archived_hashes(),
    "arrival": lambda one: one.arrival(2),
    "arrivals": lambda one: one.arrivals(OCTOBER),
    "audit_head": lambda one: one.audit_head(),
    "current_arrival": lambda one: one.current_arrival(*PLACE),
    "days_late": lambda one: one.days_late(OCTOBER),
    "delivered_versions": lambda one: one.delivered_versions(OCTOBER),
    "entry_of": lambda one: one.entry_of(one.unsettled()[0]),
    "facts_of": lambda one: one.facts_of(OCTOBER),
    "files": lambda one: one.files(OCTOBER, "accepted"),
    "first_arrivals": lambda one: one.first_arrivals(OCTOBER),
    "first_published_at": lambda one: one.first_published_at(OCTOBER),
    "former_judgements": lambda one: one.former_judgements(OCTOBER),
    "itemised_by_role": lambda one: one.itemised_by_role(OCTOBER),
    "is_published_since_judged": lambda one: one.is_published_since_judged(OCTOBER),
    "judged_files": lambda one: one.judged_files(OCTOBER),
    "judgements": lambda one: (one.judgements(OCTOBER), one.judgements(OCTOBER, "gusu")),
    "last_backup": lambda one: (one.last_backup(), one.last_backup(complete=True)),
    "last_match_decision": lambda one: one.last_match_decision(),
    "last_readings": lambda one: one.last_readings(OCTOBER),
    "latest_arrival": lambda one: one.latest_arrival(*PLACE),
    "months": lambda one: one.months(),
    "months_of_arrivals": lambda one: one.months_of_arrivals(),
    "name_key_sha256": lambda one: one.name_key_sha256(),
    "opened_at": lambda one: one.opened_at(),
    "public_files": lambda one: one.public_files(),
    "published_fingerprint": lambda one: one.published_fingerprint(OCTOBER),
    "reading": lambda one: one.reading(2, "reader"),
    "release_state": lambda one: one.release_state(OCTOBER),
    "release_states": lambda one: (one.release_states(), one.release_states(until=1)),
    "sample_for": lambda one: one.sample_for(Month(2023, 1)),
    "sample_of": lambda one: one.sample_of(OCTOBER),
    "samples": lambda one: one.samples(),
    "unsettled": lambda one: one.unsettled(),
    "verify_audit": lambda one: one.verify_audit({}),
    "versions": lambda one: one.versions(*PLACE),
}
_WRITES = ("record_", "decide", "settle")


def test_every_question_is_asked() -> None:
    methods = {
        name for name in dir(Ledger) if not name.startswith("_") and not name.startswith(_WRITES)
    }
    assert methods == QUESTIONS.keys()


@pytest.mark.parametrize("question", QUESTIONS)
def test_both_answer_alike(both: tuple[Path, str], question: str) -> None:
    in_file, on_server = (QUESTIONS[question](Ledger(place)) for place in both)
    assert in_file
    assert on_server == in_file


def test_clerks_decisions_are_alike(both: tuple[Path, str]) -> None:
    file, server = (MatchDecisions(place) for place in both)
    assert file.latest() == server.latest() != {}
    assert file.binding() == server.binding() != []
    assert [has_unsettled(place) for place in both] == [True, True]
