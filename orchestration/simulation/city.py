"""A month of the simulated city, from figures to files.

The entry point is ``simulate``. It takes one district after the other, so that only one ledger is
in memory; the rows of each kind are made by the other modules. Files are written below ``out`` in
the layout of ``raw``; each says 模拟.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.districts import CITY_ID, district_in
from orchestration.reference.kinds import (
    ALTERATION_CASES,
    BUILDING_CHANGES,
    BUILDING_CODES,
    BUILDING_SURVEY,
    DANGER_CASES,
    DOORPLATES,
    MONTHLY_REPORT,
    QUALITY_INSPECTION,
)
from orchestration.reference.months import Month, chinese_date
from orchestration.sampling.draw import largest_remainder
from orchestration.simulation.buildings import Buildings, District
from orchestration.simulation.candidates import (
    FIRST_INSPECTION,
    NO_CANDIDATES,
    Candidates,
    candidates_of,
    joined,
)
from orchestration.simulation.codes import CODES_IN_CITY, code_table, plate_table
from orchestration.simulation.dangers import danger_cases, survey_of
from orchestration.simulation.drafts import Draft, draft
from orchestration.simulation.draws import Draws
from orchestration.simulation.faults.planting import (
    Entry,
    add_city_consequences,
    plant,
    write_answer_key,
)
from orchestration.simulation.figures import Figures, rounded, scaled
from orchestration.simulation.files.columns import day_number
from orchestration.simulation.files.layouts import layout_of, table_of
from orchestration.simulation.inspection import inspection_as_at, inspection_rows
from orchestration.simulation.registers import (
    Building,
    case_ledger,
    change_register,
    danger_register,
)
from orchestration.simulation.reports import count_report
from orchestration.simulation.survey import survey_table
from orchestration.simulation.wording.profiles import PROFILES

#: Made only on request: they are large, and most runs do not need them.
LARGE_KINDS = (BUILDING_CODES, DOORPLATES)


@dataclass(frozen=True)
class Simulated:
    """What was written: paths, data rows by path, the six figures of each district.

    ``answer_key`` is the file of planted faults, ``truth`` that of each code's plate, if they were
    asked for.
    """

    paths: tuple[Path, ...]
    rows: dict[Path, int]
    figures: dict[str, Figures]
    answer_key: Path | None = None
    truth: Path | None = None


@dataclass(frozen=True)
class ForCity:
    """What the city's registers need of a district's month."""

    candidates: Candidates
    large_tables: dict[str, pa.Table]
    truth: pa.Table | None


@dataclass(frozen=True)
class DistrictMonth:
    """One district's month: its drafts by kind, and what the city needs of it."""

    district: District
    drafts: dict[str, Draft]
    figures: Figures
    for_city: ForCity


@dataclass(frozen=True)
class _Plan:
    """What is asked for: month, scale, seed, kinds, and how many rows of a kind by district."""

    month: Month
    scale: float
    seed: int
    contracts: dict[str, Contract]
    codes: dict[str, int]
    wording: str | None


def simulate(
    month: Month,
    out: Path,
    *,
    scale: float = 1.0,
    seed: int = 2022,
    faults: bool = False,
    kinds: tuple[str, ...] | None = None,
    codes: int | None = None,
    wording: str | None = None,
) -> Simulated:
    """Write the deliveries of a month below ``out`` and return what was written.

    ``kinds`` limits the files to these kinds; without it every kind that has a contract is written
    but the two large ones, which ``codes`` (how many building codes) adds. ``faults``
    plants the catalogue of ``planting`` and writes the answer key into ``out``. ``wording`` names a
    profile of ``wording.profiles`` for the addresses of codes and writes the truth. Raises
    ValueError for a scale that is not positive, a kind without contract, an unknown wording, a
    month before the city's first.
    """
    if wording is not None and wording not in PROFILES:
        raise ValueError(f"no wording {wording!r}; there are {', '.join(PROFILES)}")
    plan = replace(_plan(month, scale, seed, _wanted(kinds, codes), codes), wording=wording)
    rows: dict[Path, int] = {}
    figures: dict[str, Figures] = {}
    months: list[ForCity] = []
    entries: list[Entry] = []
    for district_id, district_month in district_months(plan):
        drafts = district_month.drafts
        if faults:
            entries += _plant(drafts, district_month.district, plan)
        figures[district_id] = district_month.figures
        months.append(district_month.for_city)
        for kind in list(drafts):
            item = drafts.pop(kind)  # so that a written ledger need not stay in memory
            rows[item.write(out)] = item.row_count
    of_city = {item.kind: item for item in city_drafts(plan, months)}
    if faults:
        entries += plant(of_city, Draws(seed, CITY_ID), dict)
        add_city_consequences(entries, of_city.values())
    for item in of_city.values():
        rows[item.write(out)] = item.row_count
    key = write_answer_key(out, month, entries) if faults else None
    return Simulated(tuple(rows), rows, figures, key, _write_truth(out, months))


def _write_truth(out: Path, months: list[ForCity]) -> Path | None:
    tables = [item.truth for item in months if item.truth is not None]
    if not tables:
        return None
    path = out / "matching_truth.parquet"
    pq.write_table(pa.concat_tables(tables), path)
    return path


def _plant(drafts: dict[str, Draft], district: District, plan: _Plan) -> list[Entry]:
    @cache
    def before() -> dict[str, Draft]:
        return _district_month(district, replace(plan, month=plan.month.previous)).drafts

    return plant(drafts, district.draws, before)


def _wanted(kinds: tuple[str, ...] | None, codes: int | None) -> dict[str, Contract]:
    contracts = load_contracts()
    if kinds is None:
        large = LARGE_KINDS if codes is None else ()
        return {kind: contract for kind, contract in contracts.items() if kind not in large}
    unknown = sorted(set(kinds) - set(contracts))
    if unknown:
        raise ValueError(f"no contract for {', '.join(unknown)}; there are {', '.join(contracts)}")
    return {kind: contracts[kind] for kind in kinds}


def _plan(
    month: Month, scale: float, seed: int, contracts: dict[str, Contract], codes: int | None
) -> _Plan:
    if not scale > 0:
        raise ValueError(f"scale is {scale}; it must be greater than 0")
    buildings = {name: item.buildings for name, item in scaled(scale).items()}
    count = rounded(CODES_IN_CITY * scale) if codes is None else codes
    shares = largest_remainder(list(buildings.values()), count)
    return _Plan(
        month,
        scale,
        seed,
        contracts,
        codes=dict(zip(buildings, shares, strict=True)),
        wording=None,
    )


def district_months(plan: _Plan) -> Iterator[tuple[str, DistrictMonth]]:
    """Yield each district's month in bulletin order."""
    for order, (district_id, figures) in enumerate(scaled(plan.scale).items()):
        district = District(district_id, order, figures, plan.seed, plan.month)
        # before its ledger, so that both are never in memory
        candidates = _candidates(district, plan)
        month = _district_month(district, plan)
        yield district_id, replace(month, for_city=replace(month.for_city, candidates=candidates))


def _district_month(district: District, plan: _Plan) -> DistrictMonth:
    month, area_id = plan.month, district.district_id
    name, prefix = district_in(area_id, month).district_name, area_id[:3].upper()
    as_at = day_number(month.last_day)
    buildings = district.buildings(month)
    dangers = danger_cases(district)
    survey = survey_table(district, buildings, survey_of(dangers, as_at), name, as_at)
    building = Building(buildings, survey, name)
    cases = case_ledger(district, building, prefix, plan.seed, month)
    is_by_town = layout_of(area_id, MONTHLY_REPORT).is_by_town
    report = count_report(buildings, cases, name, month, is_by_town)
    ledgers = {
        MONTHLY_REPORT: report,
        BUILDING_SURVEY: survey,
        ALTERATION_CASES: cases,
        BUILDING_CHANGES: change_register(district, name, prefix, month),
        DANGER_CASES: danger_register(dangers, building, prefix, month),
    }
    drafts = {}
    for kind, rows in ledgers.items():
        if kind in plan.contracts and rows:
            contract = plan.contracts[kind]
            content = table_of(rows, contract) if isinstance(rows, list) else rows
            drafts[kind] = draft(area_id, month, contract, content)
    tables, truth = _large_tables(district, buildings, name, plan)
    for_city = ForCity(NO_CANDIDATES, tables, truth)
    return DistrictMonth(district, drafts, report.figures, for_city)


def _candidates(district: District, plan: _Plan) -> Candidates:
    """Return what the sample is drawn from, if an inspection is asked for and has begun."""
    if QUALITY_INSPECTION not in plan.contracts or plan.month < FIRST_INSPECTION:
        return NO_CANDIDATES
    return candidates_of(district, plan.seed)


def _large_tables(
    district: District, buildings: Buildings, name: str, plan: _Plan
) -> tuple[dict[str, pa.Table], pa.Table | None]:
    tables, truth = {}, None
    as_at = day_number(plan.month.last_day)
    if BUILDING_CODES in plan.contracts:
        count = plan.codes[district.district_id]
        tables[BUILDING_CODES], truth = code_table(
            district, buildings, name, count, as_at, plan.wording
        )
    if DOORPLATES in plan.contracts:
        tables[DOORPLATES] = plate_table(district, buildings.places, name, plan.wording)
    return tables, truth


def city_drafts(plan: _Plan, months: list[ForCity]) -> Iterator[Draft]:
    """Yield the drafts of the kinds that the city delivers."""
    for kind in LARGE_KINDS:
        if kind in plan.contracts:
            tables = pa.concat_tables([item.large_tables[kind] for item in months])
            yield draft(CITY_ID, plan.month, plan.contracts[kind], tables)
    if QUALITY_INSPECTION in plan.contracts:
        candidates = joined(item.candidates for item in months)
        rows = inspection_rows(candidates, plan.seed, plan.scale, plan.month)
        if rows:
            contract = plan.contracts[QUALITY_INSPECTION]
            words = chinese_date(inspection_as_at(plan.month))
            table = table_of(rows, contract)
            yield draft(CITY_ID, plan.month, contract, table, words)


def month_drafts(month: Month, *, scale: float = 1.0, seed: int = 2022) -> Iterator[Draft]:
    """Yield every draft of a month, except the large kinds, without faults; write nothing."""
    plan = _plan(month, scale, seed, _wanted(None, None), None)
    months = []
    for _, district_month in district_months(plan):
        yield from district_month.drafts.values()
        months.append(district_month.for_city)
    yield from city_drafts(plan, months)
