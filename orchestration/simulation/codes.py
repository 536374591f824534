"""The city's large registers, made on request: building codes and door plates.

A building has one code in force, its own; codes beyond the number of buildings are of flats and
name no building, as some others do not. Plates stand at the addresses of buildings. Schemes and
code forms are invented.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulation.addresses import addresses, standard
from orchestration.simulation.buildings import Buildings, District
from orchestration.simulation.files.columns import (
    constant,
    day_number,
    days,
    join,
    only,
    texts,
    wholes,
    words,
)
from orchestration.simulation.lives import FIRST_MONTH
from orchestration.simulation.places import Places
from orchestration.simulation.survey import building_ids
from orchestration.simulation.wording.profiles import Written, as_people_write, lost_plates

#: The count in the bulletin of October 2022.
CODES_IN_CITY = 1_850_000
_SCHEME = "模拟一房一码"
_LINKED_SHARE = 0.85
_RETIRED_SHARE = 0.004
_FIRST_DAY = day_number(date(2021, 3, 1))
_DAYS = 480
_RETIRED_AFTER = 60


def code_table(
    district: District,
    buildings: Buildings,
    district_name: str,
    count: int,
    as_at: int,
    wording: str | None = None,
) -> tuple[pa.Table, pa.Table | None]:
    """Return the rows of ``building_codes`` given out by a date, ``count`` once all are.

    With a ``wording`` (of ``wording.profiles``) their addresses are as people write them,
    and the second table gives the true plates.

    Codes belong to the buildings of the city's first month, so that no code is ever lost: first
    one for each, then those of flats. A retired one is followed by its successor, which names it;
    one whose building has left the ledger ``buildings`` names none.
    """
    first = replace(district.buildings(FIRST_MONTH), places=buildings.places)
    serial, draws = np.arange(count), district.draws
    is_retired = draws.uniform("code_retired", serial) < _RETIRED_SHARE
    is_retired[1:] &= ~is_retired[:-1]
    follows = np.concatenate([[False], is_retired[:-1]])
    flat, position = np.divmod(serial, len(first.numbers))
    flat, position = (np.where(follows, np.roll(of, 1), of) for of in (flat, position))
    valid_from = _FIRST_DAY + draws.below("code_from", serial, _DAYS)
    valid_to = valid_from + _RETIRED_AFTER + draws.below("code_to", serial, 60)
    valid_from = np.where(follows, np.roll(valid_to, 1) + 1, valid_from)
    stands = np.isin(first.numbers, buildings.numbers)[position]
    is_linked = stands & (flat == 0) & (draws.uniform("code_linked", serial) < _LINKED_SHARE)
    at = pa.array(position)
    towns = texts(first.places.town_codes, first.towns[position])
    own = join(towns, "F", pc.utf8_lpad(wholes(serial), 8, "0"))
    parts = addresses(draws, first)
    table = pa.table(
        {
            "building_code": own,
            "scheme": constant(_SCHEME, count),
            "building_id": only(building_ids(first).take(at), is_linked),
            "district": constant(district_name, count),
            "town": words(first.places.town_names, first.towns[position]),
            "community": words(first.places.community_names, first.community[position]),
            "address": join(
                standard(first, parts, district_name).take(at),
                only(join(wholes(100 + flat), "室"), flat > 0).fill_null(""),
            ),
            "valid_from": days(valid_from),
            "valid_to": days(valid_to, is_retired & (valid_to <= as_at)),
            "previous_code": only(_before(own), follows),
        }
    )
    is_given_out = pa.array(valid_from <= as_at)
    if wording is None:
        return table.filter(is_given_out), None
    written = as_people_write(draws, first, parts, position, district_name, wording)
    for name, values in (
        ("address", written.texts),
        ("town", written.towns),
        ("community", written.communities),
    ):
        column = table.schema.get_field_index(name)
        table = table.set_column(column, name, pa.array(values, pa.string()))
    is_lost, is_cancelled = lost_plates(draws, first, wording)
    has_plate = ~(is_lost | is_cancelled)[position]
    truth = _truth_table(own, _plate_codes(first).take(at), has_plate, written)
    return table.filter(is_given_out), truth.filter(is_given_out)


def _before(codes: pa.StringArray) -> pa.StringArray:
    """Return each row's code of the row before."""
    return pa.concat_arrays([pa.array([""], pa.string()), codes[:-1]])


def _truth_table(
    codes: pa.StringArray, plates: pa.StringArray, has_plate: np.ndarray, written: Written
) -> pa.Table:
    """Return the true plate of every code, empty where the register has none, and is_matchable."""
    exists = pa.array(has_plate & np.array(written.is_house, bool))
    return pa.table(
        {
            "building_code": codes,
            "doorplate_code": pc.if_else(exists, plates, pa.scalar(None, pa.string())),
            "is_matchable": pc.and_(exists, pa.array(written.is_findable)),
        }
    )


def plate_table(
    district: District, places: Places, district_name: str, wording: str | None = None
) -> pa.Table:
    """Return the rows of ``doorplates``: one for each building of the city's first month.

    ``places`` has the names of the month. A plate outlives its building, and a newer building has
    none yet. With a ``wording`` some plates are missing and some cancelled, as its profile says.
    """
    buildings = replace(district.buildings(FIRST_MONTH), places=places)
    parts = addresses(district.draws, buildings)
    count, where = len(buildings.numbers), buildings.places
    installed = _FIRST_DAY - 3_000 + district.draws.below("plate_from", buildings.slots, 2_900)
    is_lost = is_cancelled = np.zeros(count, bool)
    if wording is not None:
        is_lost, is_cancelled = lost_plates(district.draws, buildings, wording)
    return pa.table(
        {
            "doorplate_code": _plate_codes(buildings),
            "district": constant(district_name, count),
            "town": words(where.town_names, buildings.towns),
            "community": words(where.community_names, buildings.community),
            "road": words(where.roads, parts.road),
            "number": join(wholes(parts.street_number), "号"),
            "estate": words(where.estates, parts.estate, parts.is_estate),
            "building_no": join(wholes(parts.building_number), "幢"),
            "standard_address": standard(buildings, parts, district_name),
            "valid_from": days(installed),
            "valid_to": days(installed + 90, is_cancelled),
        }
    ).filter(pa.array(~is_lost))


def _plate_codes(buildings: Buildings) -> pa.StringArray:
    towns = texts(buildings.places.town_codes, buildings.towns)
    return join(towns, "M", pc.utf8_lpad(wholes(buildings.numbers), 8, "0"))
