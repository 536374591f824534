from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.reference.months import Month
from orchestration.store.ledger import Ledger
from orchestration.store.records import DeliveredFile, Judgement, StoredFile, Verdict

OCTOBER = Month.parse("2022-10")


@pytest.fixture
def ledger(place: Path | str) -> Ledger:
    return Ledger(place)


def _arrive(ledger: Ledger, sha256: str) -> int:
    part = DeliveredFile("monthly_report.xlsx", sha256)
    arrival = ledger.record_arrival(OCTOBER, "gusu", "monthly_report", sha256, 10, (part,))
    return arrival.version


def test_the_same_bytes_are_a_new_arrival_only_after_other_bytes(
    ledger: Ledger,
) -> None:
    assert [_arrive(ledger, sha) for sha in ("a", "a", "b", "a")] == [1, 1, 2, 3]
    current = ledger.current_arrival(OCTOBER, "gusu", "monthly_report")
    assert current is not None
    assert (current.version, current.sha256) == (3, "a")
    assert ledger.archived_hashes() == {"a", "b"}


def _judgement(**changes: object) -> Judgement:
    judgement = Judgement(
        month=OCTOBER,
        district_id="gusu",
        kind="monthly_report",
        delivery_id=None,
        fingerprint="f",
        state="missing",
        as_at=None,
        row_count=None,
        accepted_count=None,
        quarantined_count=None,
        itemised_count=None,
        files={"findings": StoredFile("quarantine/x.parquet", "h")},
        verdicts=(Verdict("MR-101", "完整性", "quarantine", "pass", 0, 1, None),),
    )
    return replace(judgement, **changes)  # type: ignore[arg-type]


def test_the_latest_judgement_counts_and_is_loaded_unchanged(ledger: Ledger) -> None:
    ledger.record_judgements([_judgement(), _judgement(district_id="sip")])
    ledger.record_judgements([_judgement(fingerprint="g", state="refused")])
    assert ledger.judgements(OCTOBER, "gusu") == [_judgement(fingerprint="g", state="refused")]
    assert {j.district_id for j in ledger.judgements(OCTOBER)} == {"gusu", "sip"}
    assert ledger.months() == [OCTOBER]


def test_replaced_versions_are_listed_without_withdrawn_ones(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = (OCTOBER, "gusu", "monthly_report")
    arrived = []
    for day, sha256 in enumerate(("withdrawn", "former", "current"), start=1):
        arrived_at = f"2022-11-0{day}T00:00:00+00:00"
        monkeypatch.setattr("orchestration.store.arrivals.now", lambda at=arrived_at: at)
        arrival = ledger.record_arrival(*place, sha256, 10, (DeliveredFile("x.csv", sha256),))
        ledger.record_judgements([_judgement(delivery_id=arrival.delivery_id, fingerprint=sha256)])
        arrived.append(arrival)
    ledger.record_withdrawal(arrived[0].delivery_id, "wrong file")
    assert ledger.first_arrivals(OCTOBER) == {place[1:]: "2022-11-02T00:00:00+00:00"}
    assert [j.fingerprint for j in ledger.former_judgements(OCTOBER)] == ["former"]


def test_judgements_of_a_district_are_recorded_in_one_transaction(ledger: Ledger) -> None:
    twice = Verdict("MR-101", "完整性", "quarantine", "pass", 0, 1, None)
    with pytest.raises(Exception, match=r"(?i)unique"):
        ledger.record_judgements([_judgement(), _judgement(kind="x", verdicts=(twice, twice))])
    assert ledger.judgements(OCTOBER) == []


def test_every_version_is_listed_with_its_state(ledger: Ledger) -> None:
    place = (OCTOBER, "gusu", "monthly_report")
    for sha in ("a", "b", "c"):
        _arrive(ledger, sha)
    title, blank = {"role": "title", "count": 1}, {"role": "blank", "count": 3}
    ledger.record_reading(1, "old reader", "l0", {"itemised": [title]})
    ledger.record_reading(1, "reader", "l1", {"itemised": [title, blank, blank]})
    ledger.record_judgements([_judgement(delivery_id=1, state="refused")])
    ledger.record_judgements([_judgement(delivery_id=1, state="accepted")])
    first, second, third = ledger.versions(*place)
    assert [v.arrival.sha256 for v in (first, second, third)] == ["a", "b", "c"]
    assert first.landing_sha256 == "l1"
    assert first.judged_at is not None
    assert first.judgement == _judgement(delivery_id=1, state="accepted")
    assert (second.judged_at, second.landing_sha256, second.judgement) == (None, None, None)
    assert ledger.versions(OCTOBER, "sip", "monthly_report") == []
    assert ledger.arrivals(OCTOBER) == {
        n: v.arrival for n, v in enumerate((first, second, third), 1)
    }
    assert ledger.itemised_by_role(OCTOBER) == {1: {"title": 1, "blank": 6}}


def test_a_second_ledger_at_the_same_place_sees_everything(
    place: Path | str, ledger: Ledger
) -> None:
    _arrive(ledger, "a")
    ledger.record_reading(1, "v1", "hash", {"kind": "monthly_report"})
    other = Ledger(place)
    assert other.reading(1, "v1") == ("hash", {"kind": "monthly_report"})
    assert other.reading(1, "v2") is None
    arrival = other.arrival(1)
    assert arrival is not None
    assert arrival.file_name == "monthly_report.xlsx"
