"""Files are read once, ahead of judging, and a failing read fails just who asked for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from deliver import OCTOBER, report

from orchestration.ingest.deliveries import receive
from orchestration.ingest.reading import Itemised, ReaderError, Reading
from orchestration.judgement.prefetch import ReadAhead, read_arrival
from orchestration.reference.contracts import Contract
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


class Reader:
    """Stands for the reading process; keeps the districts it read for, in order."""

    def __init__(self, broken: tuple[str, ...] = ()) -> None:
        self.read_for: list[str] = []
        self._broken = broken

    def read(self, path: Path, contract: Contract, landing: Path, notes: Path) -> Reading:
        self.read_for.append(landing.parent.name)
        if landing.parent.name in self._broken:
            raise ReaderError("the reader is broken")
        landing.write_bytes(b"rows")
        return Reading(kind=contract.kind, file_rows=1, itemised=[Itemised("", 1, "header", "")])


@pytest.fixture
def arrivals(settings: Settings, ledger: Ledger) -> Callable[[str], Reading]:
    for district_id in ("gusu", "wujiang", "sip"):
        report(settings.raw, district_id)
    return lambda district_id: ledger.current_arrival(OCTOBER, district_id, "monthly_report")


def test_what_was_begun_is_read_once_and_in_order(settings, ledger, arrivals) -> None:
    reader = Reader()
    with ReadAhead(reader.read) as ahead:
        ahead.begin(settings, ledger, OCTOBER, ["gusu", "wujiang"])
        ahead.begin(settings, ledger, OCTOBER, ["gusu", "wujiang"])
        for district_id in ("gusu", "wujiang"):
            reading, landing = read_arrival(settings, ledger, ahead.read, arrivals(district_id))
            assert (reading.file_rows, landing.read_bytes()) == (1, b"rows")
    assert reader.read_for == ["gusu", "wujiang"]


def test_what_is_recorded_is_not_read_again(settings, ledger, arrivals) -> None:
    first, second = Reader(), Reader()
    for reader in (first, second):
        with ReadAhead(reader.read) as ahead:
            ahead.begin(settings, ledger, OCTOBER, ["gusu"])
            read_arrival(settings, ledger, ahead.read, arrivals("gusu"))
    assert (first.read_for, second.read_for) == (["gusu"], [])


def test_a_file_nobody_began_is_read_when_it_is_asked_for(settings, ledger, arrivals) -> None:
    reader = Reader()
    with ReadAhead(reader.read) as ahead:
        ahead.begin(settings, ledger, OCTOBER, ["gusu"])
        report(settings.raw, "gusu", verified_count=29)
        receive(settings, ledger, OCTOBER, "gusu")
        read_arrival(settings, ledger, ahead.read, arrivals("gusu"))
    assert reader.read_for == ["gusu", "gusu"]
    assert ledger.reading(arrivals("gusu").delivery_id, "unknown") is None


def test_a_fault_of_the_reader_reaches_who_asked(settings, ledger, arrivals) -> None:
    reader = Reader(broken=("gusu",))
    with ReadAhead(reader.read) as ahead:
        ahead.begin(settings, ledger, OCTOBER, ["gusu", "sip"])
        with pytest.raises(ReaderError, match="broken"):
            read_arrival(settings, ledger, ahead.read, arrivals("gusu"))
        reading, _ = read_arrival(settings, ledger, ahead.read, arrivals("sip"))
    assert reading.file_rows == 1
