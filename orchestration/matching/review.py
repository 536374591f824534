"""Pairs of a code and a plate for people to review: undecided ones, and a sample of matches.

Add here what a pair is shown with. The workbook that clerks fill in is ``returns``'s, their
answers are kept in ``store.match_decisions``.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.addresses.elements import KINDS, REMARK
from orchestration.addresses.parsing import parse
from orchestration.formats.sql import in_memory
from orchestration.matching.month import accepted_registers, result_file
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import spill_folder
from orchestration.store.ledger import Ledger
from orchestration.store.match_decisions import MatchDecisions

#: Longer addresses are cut where they are shown.
_MAX_LENGTH = 200
_SHOWN = """
select
    pair.building_code,
    pair.doorplate_code,
    code.district_id,
    coalesce(raw_code.address, '') as code_address,
    coalesce(raw_plate.standard_address, '') as plate_address,
    pair.score,
    code.reason
from ({pairs}) as pair
inner join read_parquet($codes) as code on code.building_code = pair.building_code
inner join read_parquet($raw_codes) as raw_code on raw_code.building_code = pair.building_code
inner join read_parquet($raw_plates) as raw_plate on raw_plate.doorplate_code = pair.doorplate_code
where $district_id is null or code.district_id = $district_id
order by code.district_id, pair.building_code, pair.place
"""
_OPEN = """
select pair.*
from read_parquet($pairs) as pair
inner join read_parquet($codes) as code
    on code.building_code = pair.building_code
    and code.is_valid
    and code.outcome in ('pending_review', 'multi_candidate')
"""
#: Codes that the machine matched by itself, whatever a clerk decided since, and their plates.
_MATCHED = """
select
    building_code,
    if(machine_outcome is null, doorplate_code, machine_doorplate_code) as doorplate_code,
    score,
    district_id,
    1 as place
from read_parquet($codes)
where is_valid
    and outcome <> 'code_conflict'
    and coalesce(machine_outcome, outcome) in ('matched_exact', 'matched_fuzzy')
"""
#: The same matches always give the same sample; a larger sample includes the smaller one.
_DRAWN = f"""
select * exclude (district_id)
from ({_MATCHED})
where $district_id is null or district_id = $district_id
order by md5($seed || '#' || building_code), building_code
limit $sample_count
"""  # noqa: S608 - our own text


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
    return _shown(settings, month, district_id, _OPEN, {})


def sampled_pairs(
    settings: Settings, month: Month, district_id: str | None, sample_count: int, seed: int
) -> list[OpenPair] | None:
    """Return a random sample of what the machine matched, for clerks to say how often it is right.

    ``sample_count`` codes are drawn, all with the same chance; those already answered are left
    out. None if nothing was matched. Raises StoredFileDamageError if a stored file has changed.
    """
    drawn = {"sample_count": sample_count, "seed": str(seed)}
    return _shown(settings, month, district_id, _DRAWN, drawn)


def matched_pairs(
    settings: Settings, month: Month, building_codes: set[str]
) -> set[tuple[str, str]]:
    """Return the pairs that the machine matched, of some codes; none if the month has no matching.

    Raises StoredFileDamageError if a stored file has changed.
    """
    codes = result_file(settings, month, "codes")
    if codes is None:
        return set()
    with in_memory() as connection:
        rows = connection.execute(
            "select building_code, doorplate_code"  # noqa: S608 - our own text
            f" from ({_MATCHED}) where list_contains($asked, building_code)",
            {"codes": str(codes), "asked": sorted(building_codes)},
        ).fetchall()
    return {(code, plate) for code, plate in rows}


def _shown(
    settings: Settings,
    month: Month,
    district_id: str | None,
    pairs: str,
    values: dict[str, object],
) -> list[OpenPair] | None:
    """Return the pairs of a query that nobody has decided, with what they are shown with."""
    registers = accepted_registers(settings, Ledger(settings.ledger), month)
    files = {name: result_file(settings, month, name) for name in ("pairs", "codes")}
    if registers is None or None in files.values():
        return None
    query = _SHOWN.format(pairs=pairs)
    values = {
        **values,
        **{name: str(path) for name, path in files.items()},
        "raw_codes": str(registers[0]),
        "raw_plates": str(registers[1]),
        "district_id": district_id,
    }
    used = {name: value for name, value in values.items() if f"${name}" in query}
    decided = {(code, plate) for code, plate, _ in MatchDecisions(settings.ledger).binding()}
    with in_memory(spill_folder(settings.scratch)) as connection:
        rows = connection.execute(query, used).fetchall()
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
    return address if len(address) <= _MAX_LENGTH else address[:_MAX_LENGTH] + "…"
