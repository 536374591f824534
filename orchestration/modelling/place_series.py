"""Towns and communities as series over time: one place, whatever its code and name in a month.

Codes of the official list change (工业园区 571 → 576) and towns are merged; ``town_series.csv``
says which town each changed code continues. A community continues the one that bore its name in
the same town in the list before, else the one that bore its code, unless that one goes on under
its own name: 山塘 took over the code that 曹杨 had borne, and is 山塘 all the same. Gives dbt the
month's list in every accepted spelling. The list itself, and the spellings, are in ``places``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import pyarrow as pa

from orchestration.reference.districts import reporting_districts
from orchestration.reference.months import Month
from orchestration.reference.places import (
    area_rows,
    community_spellings,
    holding_vintages,
    town_spellings,
)

#: What parts the codes and names of one series that the list of a month tells apart.
_CODES, _NAMES = "|", "、"


@dataclass(frozen=True)
class Place:
    """A town, or a community of one, as the list of a month has it.

    ``parent`` is a town's district or a community's town series. ``codes`` and ``names`` are
    those valid in the month, several where a later list made one place of them; ``all_names``
    are those of every list that holds in the month. What stands in the next list alone is not
    ``is_listed``: it may be there already, since no list says when in between it came to be.
    """

    parent: str
    series_code: str
    codes: str
    names: str
    all_names: tuple[str, ...]
    is_listed: bool = True


@dataclass(frozen=True)
class _Listed:
    vintage: str
    parent: str
    series_code: str
    code: str
    name: str


def towns(month: Month) -> tuple[Place, ...]:
    """Return the towns of a month's list by series, in the order of their codes."""
    return tuple(place for place in _places(month, _listed_towns()) if place.is_listed)


def communities(month: Month) -> tuple[Place, ...]:
    """Return the communities of a month's list by series, in the order of their codes."""
    return tuple(place for place in _places(month, _listed_communities()) if place.is_listed)


def spelt(
    places: Iterable[Place], spellings: Callable[[str], Iterator[str]]
) -> Iterator[tuple[Place, str]]:
    """Yield each place with each way to write it; an official name belongs to its own place.

    What may mean a place of the list means no other. A spelling of two places of one parent names
    neither and is left out.
    """
    official: dict[tuple[str, str], Place] = {}
    variants: dict[tuple[str, str], set[Place]] = {}
    for place in sorted(places, key=lambda place: not place.is_listed):
        for name in place.all_names:
            official.setdefault((place.parent, name), place)
            for spelling in spellings(name):
                meant = variants.setdefault((place.parent, spelling), set())
                if place.is_listed or not any(other.is_listed for other in meant):
                    meant.add(place)
    for (_, name), place in official.items():
        yield place, name
    for key, meant in variants.items():
        if key not in official and len(meant) == 1:
            yield next(iter(meant)), key[1]


def spelt_towns(month: Month) -> Iterator[tuple[Place, str]]:
    """Yield the towns of a month, and of the next list, in every accepted spelling."""
    return spelt(_places(month, _listed_towns()), town_spellings)


def spelt_communities(month: Month) -> Iterator[tuple[Place, str]]:
    """Yield the communities of a month, and of the next list, in every accepted spelling."""
    return spelt(_places(month, _listed_communities()), community_spellings)


def spelling_table(parent: str, places: Iterable[tuple[Place, str]]) -> pa.Table:
    """Return spelt places as dbt reads them; ``parent`` names the column of what they belong to."""
    names = (parent, "series_code", "codes", "names", "spelling")
    schema = pa.schema([*((name, pa.string()) for name in names), ("is_listed", pa.bool_())])
    rows = [
        (p.parent, p.series_code, p.codes, p.names, spelling, p.is_listed) for p, spelling in places
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table([list(column) for column in columns], schema=schema)


def _places(month: Month, listed: tuple[_Listed, ...]) -> tuple[Place, ...]:
    vintages = holding_vintages(month, sorted({item.vintage for item in listed}))
    by_series: dict[str, list[_Listed]] = {}
    for item in listed:
        if item.vintage in vintages:
            by_series.setdefault(item.series_code, []).append(item)
    prefixes = tuple(district.district_code for district in reporting_districts(month))
    return tuple(_place(items, prefixes, vintages[0]) for _, items in sorted(by_series.items()))


def _place(items: list[_Listed], prefixes: tuple[str, ...], present: str) -> Place:
    """Join what the lists of a month say of one series; ``present`` is the month's own list.

    Valid is what begins with a district code of the month, and of that the earlier list's.
    """
    fitting = [item for item in items if item.code.startswith(prefixes)] or items
    first = min(item.vintage for item in fitting)
    valid = [item for item in fitting if item.vintage == first]
    return Place(
        parent=items[0].parent,
        series_code=items[0].series_code,
        codes=_CODES.join(item.code for item in valid),
        names=_NAMES.join(dict.fromkeys(item.name for item in valid)),
        all_names=tuple(dict.fromkeys(item.name for item in items)),
        is_listed=any(item.vintage == present for item in items),
    )


@cache
def _listed_towns() -> tuple[_Listed, ...]:
    series = _town_series()
    return tuple(
        _Listed(
            row["vintage"],
            row["district_id"],
            series.get(row["town_code"], row["town_code"]),
            row["town_code"],
            row["town_name"],
        )
        for row in area_rows("areas_towns.csv")
    )


def _town_series() -> dict[str, str]:
    return {row["town_code"]: row["series_code"] for row in area_rows("town_series.csv")}


@cache
def _listed_communities() -> tuple[_Listed, ...]:
    """Return every vintage's communities with their series, going from list to list."""
    towns = _town_series()
    listed: list[_Listed] = []
    before: list[_Listed] = []
    rows = area_rows("areas_communities.csv")
    for vintage in sorted({row["vintage"] for row in rows}):
        here = [
            _Listed(
                vintage,
                towns.get(row["town_code"], row["town_code"]),
                "",
                row["community_code"],
                row["community_name"],
            )
            for row in rows
            if row["vintage"] == vintage
        ]
        before = _continued(here, before, {item.series_code for item in listed})
        listed += before
    return tuple(listed)


def _continued(here: list[_Listed], before: list[_Listed], known: set[str]) -> list[_Listed]:
    """Return a list's communities with their series: by name, then by code, else a new one.

    ``known`` are all series so far: a new community that took over the code of one gets a series
    with the day of its list.
    """
    by_name = {(item.parent, item.name): item.series_code for item in before}
    by_code = {item.code: item.series_code for item in before}
    named = {key: by_name[key] for item in here if (key := (item.parent, item.name)) in by_name}
    going_on = set(named.values())

    def series(item: _Listed) -> str:
        own = named.get((item.parent, item.name)) or by_code.get(item.code)
        if own is not None and (own not in going_on or (item.parent, item.name) in named):
            return own
        return f"{item.code}@{item.vintage}" if item.code in known else item.code

    return [replace(item, series_code=series(item)) for item in here]
