"""A simulated city as a run leaves it, for the look-up's benchmark: made in seconds, by SQL."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.lookup.sources import Sources
from orchestration.reference.contracts import load_contracts
from orchestration.reference.kinds import BUILDING_CODES, BUILDING_SURVEY, DOORPLATES
from orchestration.reference.months import Month

MONTH = Month.parse("2022-10")
BUILDINGS = 703_260
#: A building in so many has a danger case, an open alteration case.
_DANGER, _ALTERATION = 900, 400


def make_city(work: Path, codes: int) -> tuple[Path, Sources]:
    """Write invented accepted rows and the marts that are read beside them."""
    buildings = min(BUILDINGS, codes)
    of = f"lpad((i % {buildings})::varchar, 14, '0')"
    rows = {
        BUILDING_SURVEY: (
            buildings,
            {
                "district_id": "'gusu'", "building_id": "'32' || " + of,
                "town": "'平江街道'", "community": "'第' || (i % 97) || '社区'",
                "address": "'平江街道模拟路' || i || '号' || (i % 40) || '幢'",
                "building_category": "'城镇住宅'", "use": "'居住'", "structure_type": "'砌体'",
                "floors_above": "(1 + i % 18)::varchar", "floors_below": "'0'",
                "height_m": "(3 + 3 * (i % 18))::varchar",
                "floor_area_m2": "(100 + i % 9000)::varchar", "built_year": "'1995'",
                "survey_status": "'已排查'", "surveyed_on": "'2021-06-01'", "is_altered": "'否'",
                "visible_defect": "'无'", "initial_risk": "'未发现隐患'",
            },
        ),
        BUILDING_CODES: (
            codes,
            {
                "building_code": "'F' || lpad(i::varchar, 15, '0')",
                "building_id": f"if(i % 7 = 0, null, '32' || {of})", "district": "'姑苏区'",
                "town": "'平江街道'", "community": "'第' || (i % 97) || '社区'",
                "address": "'平江街道模拟路' || i || '号'", "valid_from": "'2021-03-01'",
            },
        ),
        DOORPLATES: (
            codes,
            {"doorplate_code": "'M' || lpad(i::varchar, 15, '0')", "valid_from": "'2015-01-01'"},
        ),
    }  # fmt: skip
    files = {kind: work / f"{kind}.parquet" for kind in rows}
    for kind, (count, told) in rows.items():
        fields = ("district_id", *load_contracts()[kind].fields)
        columns = ", ".join(f"{told.get(f, 'null::varchar')} as {f}" for f in fields)
        duckdb.sql(
            f"copy (select {columns} from range({count}) as t(i)) to '{files[kind]}'"
            " (format parquet)"
        )
    matched = work / "codes.parquet"
    duckdb.sql(
        f"copy (select building_code, 'matched_exact' as outcome, 'M' || substr('00000' ||"
        f" coalesce(substr(building_id, 7), '0'), 1, 15) as doorplate_code"
        f" from '{files[BUILDING_CODES]}' where building_id is not null)"
        f" to '{matched}' (format parquet)"
    )
    published = work / "statistics.duckdb"
    with duckdb.connect(str(published)) as connection:
        connection.execute(_MARTS.format(buildings=buildings, d=_DANGER, a=_ALTERATION))
    return published, Sources({kind: [path] for kind, path in files.items()}, matched)


_MARTS = """
create schema marts;
create table marts.rpt_district_monthly as select date '2022-10-01' as month, 'city' as district_id,
    1 as vintage, 'provisional' as status;
create table marts.rpt_delivery as select date '2022-10-01' as month, district_id, kind,
    'accepted' as state, date '2022-10-31' as as_at, '模拟' as file_name
    from (values ('gusu', 'building_survey'), ('gusu', 'danger_cases'),
        ('gusu', 'alteration_cases'), ('city', 'building_codes')) as t(district_id, kind);
create table marts.fct_building_change (month date, old_building_id varchar,
    new_building_id varchar, change_type varchar, changed_on date);
create table marts.rpt_danger_case_monthly as select date '2022-10-01' as month,
    'gusu' as district_id, '32' || lpad((i * {d})::varchar, 14, '0') as building_id,
    'W' || i as danger_case_id, '治理中' as stage_name, date '2022-05-01' as stage_since_on,
    'D' as last_grade, date '2022-03-01' as last_appraised_on, date '2022-02-01' as found_on,
    date '2022-12-01' as due_on, true as is_open, false as is_overdue, true as is_listed
    from range({buildings} // {d}) as t(i);
create table marts.fct_alteration_case_monthly as select date '2022-10-01' as month,
    'gusu' as district_id, '32' || lpad((i * {a})::varchar, 14, '0') as building_id,
    'A' || i as case_id, '违法加建扩建' as alteration_type_name, date '2022-09-01' as received_on,
    date '2022-09-10' as verified_on, date '2022-09-20' as ordered_on,
    false as is_awaiting_verification, true as is_closing
    from range({buildings} // {a}) as t(i);
"""
