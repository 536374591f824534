"""The address of a simulated building, in parts, and the ways in which people write it.

Door plates have the parts; ledgers have the wording, which varies as in real ledgers. In a
district no two buildings share both street number and building number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.simulation.buildings import Buildings
from orchestration.simulation.draws import Draws, Ints
from orchestration.simulation.files.columns import Shown, join, only, texts, wholes

#: Numbers of one street; with the building number behind it they count up the slots.
_STREET_NUMBERS = 997
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_WORDINGS = (0.45, 0.35, 0.2)
_FULL_WIDTH_SHARE = 0.01
_BUILDING_WORDS = ("幢", "栋", "号楼")


@dataclass(frozen=True)
class Addresses:
    """The parts of addresses, one entry a building; roads and estates by position."""

    road: Ints
    street_number: Ints
    building_number: Ints
    estate: Ints
    is_estate: Shown


def addresses(draws: Draws, buildings: Buildings) -> Addresses:
    """Return the parts of the buildings' addresses."""
    slots = buildings.slots
    # successors and exempt buildings count on behind those of their own kind
    counted = np.where(buildings.numbers >= 8_000_000, buildings.numbers % 1_000_000, slots)
    behind = np.where(buildings.numbers >= 8_000_000, buildings.numbers // 1_000_000 * 1_000, 0)
    where = buildings.places
    is_home = buildings.traits.category == 0
    return Addresses(
        road=draws.below("road", slots, len(where.roads)),
        street_number=counted % _STREET_NUMBERS + 1,
        building_number=behind + counted // _STREET_NUMBERS + 1,
        estate=draws.below("estate", slots, len(where.estates)),
        is_estate=is_home & (draws.uniform("is_estate", slots) < 0.7),
    )


def written(draws: Draws, buildings: Buildings, parts: Addresses) -> pa.StringArray:
    """Return the addresses as clerks write them: with town or without, 幢, 栋 or 号楼."""
    slots, where = buildings.slots, buildings.places
    wording = draws.pick("wording", slots, _WORDINGS)
    towns = texts(["", *where.town_names], np.where(wording == 1, 0, 1 + buildings.towns))
    is_rural = where.is_rural[buildings.community]
    roads = texts(
        ["", *where.roads, *(_village(name) for name in where.community_names)],
        np.where(is_rural, 1 + len(where.roads) + buildings.community, 1 + parts.road),
    )
    estates = texts(["", *where.estates], np.where(parts.is_estate, 1 + parts.estate, 0))
    words = draws.below("building_word", slots, len(_BUILDING_WORDS))
    is_wide = draws.uniform("full_width", slots) < _FULL_WIDTH_SHARE
    return join(
        towns,
        roads,
        _number(parts.street_number, is_wide),
        "号",
        estates,
        _number(parts.building_number, is_wide),
        texts(_BUILDING_WORDS, words),
    )


def names(buildings: Buildings, parts: Addresses) -> pa.StringArray:
    """Return the names of buildings on estates; others have none."""
    named = join(texts(buildings.places.estates, parts.estate), wholes(parts.building_number), "幢")
    return only(named, parts.is_estate)


def standard(buildings: Buildings, parts: Addresses, district_name: str) -> pa.StringArray:
    """Return the addresses as the police write them on a door plate."""
    where = buildings.places
    return join(
        f"江苏省苏州市{district_name}",
        texts(where.town_names, buildings.towns),
        texts(where.roads, parts.road),
        wholes(parts.street_number),
        "号",
        texts(["", *where.estates], np.where(parts.is_estate, 1 + parts.estate, 0)),
        wholes(parts.building_number),
        "幢",
    )


def _village(community_name: str) -> str:
    return community_name.removesuffix("委会")


def _number(values: Ints, is_wide: Shown) -> pa.StringArray:
    """Return numbers as text, full-width where people typed them so."""
    largest = int(values.max(initial=0))
    narrow = [str(number) for number in range(largest + 1)]
    wide = [text.translate(_FULL_WIDTH) for text in narrow]
    return texts(narrow + wide, np.where(is_wide, largest + 1 + values, values))
