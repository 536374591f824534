"""Limits and names that rules are asked against, from the seeds; versions of what judged.

Add a reader here for a seed that rules need. Rules themselves are in ``expectations/rules``.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from expectations.checks import IMPOSSIBLE
from expectations.context import Context
from orchestration.judgement.plausible.bands import Band
from orchestration.reference.code_version import code_version
from orchestration.reference.contracts import Contract
from orchestration.reference.districts import district_in, load_districts, reporting_districts
from orchestration.reference.months import Month
from orchestration.reference.places import official_communities, town_spellings
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR

#: The kind under which the bands of a district's figures stand.
FIGURES = "figures"


def rule_context(contract: Contract, month: Month, district_id: str, as_at: str | None) -> Context:
    """Return what the rules of one delivery are asked against.

    Without an ``as_at`` in the delivery its dates are held against the month's last day.
    """
    return Context(
        as_at=month.last_day if as_at is None else _day(as_at),
        district_id=district_id,
        kind=contract.kind,
        headers={column.name: column.header for column in contract.columns},
        types={column.name: column.type for column in contract.columns},
        codes={column.name: column.codes for column in contract.columns if column.codes},
        patterns={column.name: column.pattern for column in contract.columns if column.pattern},
        names={
            "district": district_names(district_id, month),
            "reporting_districts": tuple(
                name
                for district in reporting_districts(month)
                for name in district_names(district.district_id, month)
            ),
            "towns": town_names(district_id, month),
        },
        bands=plausibility_bands(contract.kind, district_id)
        | plausibility_bands(FIGURES, district_id),
        month=month.first_day,
        limits={"quarantined_share": contract.quarantined_share},
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def district_names(district_id: str, month: Month) -> tuple[str, ...]:
    """Return every name under which a district may stand in its own rows in ``month``."""
    present = district_in(district_id, month)
    own = [d for d in load_districts() if d.district_id == district_id]
    aliases = [alias for d in own for alias in d.aliases]
    return tuple(dict.fromkeys([present.district_name, *aliases]))


def town_names(district_id: str, month: Month) -> tuple[str, ...]:
    """Return every spelling of a district's towns in ``month``; of all towns for the city."""
    towns = dict.fromkeys(place.town for place in official_communities(month, district_id))
    return tuple(spelling for town in towns for spelling in town_spellings(town))


def plausibility_bands(
    kind: str, district_id: str, path: Path = SEEDS_DIR / "plausibility_bands.csv"
) -> dict[str, Band]:
    """Return the (low, high) bands of a kind for a district; its own row wins over the general.

    Outside of the band under a measure's own name one asks, outside of the one under the name
    with IMPOSSIBLE before it no figure can be. The bands of a district's figures, whichever
    delivery gives them, are those of the kind FIGURES.
    """
    rows = [row for row in band_rows(path) if row["kind"] == kind]
    general = [row for row in rows if not row["district_id"]]
    own = [row for row in rows if row["district_id"] == district_id]
    chosen = {row["measure"]: row for row in [*general, *own]}
    return {
        (IMPOSSIBLE if is_impossible else "") + measure: bounds(row, is_impossible=is_impossible)
        for measure, row in chosen.items()
        for is_impossible in (False, True)
    }


@cache
def band_rows(path: Path = SEEDS_DIR / "plausibility_bands.csv") -> list[dict[str, str]]:
    """Return the rows of the seed of bands."""
    return read_rows(path)


def bounds(row: dict[str, str], *, is_impossible: bool) -> Band:
    """Return one of the two bands of a row of the seed."""
    prefix = IMPOSSIBLE if is_impossible else ""
    low, high = (row[f"{prefix}{end}"] for end in ("low", "high"))
    return float(low) if low else None, float(high) if high else None


def judge_version() -> str:
    """Return the version of all that decides a verdict besides the delivery itself."""
    return code_version("orchestration.judgement")[:12]


def reader_version() -> str:
    """Return the version of all that decides how a file is read besides its contract."""
    return code_version("orchestration.ingest")[:12]
