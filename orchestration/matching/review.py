"""The review queue: pairs of a code and a plate that the machine leaves to a person.

Add here what a pair is shown with. The workbook that clerks fill in is ``returns``'s, their
answers are kept in ``store.match_decisions``.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.matching.elements import KINDS, REMARK
from orchestration.matching.month import accepted_registers, result_file
from orchestration.matching.parsing import parse
from orchestration.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.match_decisions import MatchDecisions

#: An address that is longer is cut where it is shown.
_LONGEST = 200
_PAIRS = """
select
    pair.building_code,
    pair.doorplate_code,
    code.district_id,
    coalesce(raw_code.address, '') as code_address,
    coalesce(raw_plate.standard_address, '') as plate_address,
    pair.score,
    code.reason
from read_parquet($pairs) as pair
inner join read_parquet($codes) as code
    on code.building_code = pair.building_code
    and code.is_valid
    and code.outcome in ('pending_review', 'multi_candidate')
inner join read_parquet($raw_codes) as raw_code on raw_code.building_code = pair.building_code
inner join read_parquet($raw_plates) as raw_plate on raw_plate.doorplate_code = pair.doorplate_code
where $district_id is null or code.district_id = $district_id
order by code.district_id, pair.building_code, pair.place
"""


@dataclass(frozen=True)
class OpenPair:
    """A pair to be judged: both addresses with their elements, score (0 to 1) and reason."""

    building_code: str
    doorplate_code: str
    district_id: str
    code_address: str
    plate_address: str
    score: float
    reason: str

    @property
    def code_elements(self) -> str:
        """The elements of the code's address."""
        return elements_of(self.code_address)

    @property
    def plate_elements(self) -> str:
        """The elements of the plate's address."""
        return elements_of(self.plate_address)


def open_pairs(settings: Settings, month: Month, district_id: str | None) -> list[OpenPair] | None:
    """Return a month's undecided pairs, of one district or all; None if nothing was matched.

    A pair that was answered 相同 or 不同 is decided; 不清楚 leaves it open. Raises
    StoredFileDamageError if a stored file has changed.
    """
    registers = accepted_registers(settings, Ledger(settings.ledger), month)
    files = {name: result_file(settings, month, name) for name in ("pairs", "codes")}
    if registers is None or None in files.values():
        return None
    values = {
        **{name: str(path) for name, path in files.items()},
        "raw_codes": str(registers[0]),
        "raw_plates": str(registers[1]),
        "district_id": district_id,
    }
    decided = {(code, plate) for code, plate, _ in MatchDecisions(settings.ledger).binding()}
    with duckdb.connect() as connection:
        rows = connection.execute(_PAIRS, values).fetchall()
    return [OpenPair(*row) for row in rows if row[:2] not in decided]


def elements_of(text: str) -> str:
    """Return how an address is read, in its own order.

    >>> elements_of("平江街道人民路１２号三栋")
    '乡镇街道 平江街道｜街路巷 人民路｜门牌号 12｜楼幢号 3'
    """
    return "｜".join(
        f"{KINDS[element.kind].chinese_name} {element.value}"
        for element in parse(text).elements
        if element.kind != REMARK
    )


def shown(address: str) -> str:
    """Return an address as it is shown, cut if it is none that a person would read."""
    return address if len(address) <= _LONGEST else address[:_LONGEST] + "…"
