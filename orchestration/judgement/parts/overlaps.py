"""What must not stand in two parts of a delivery: a key, a town, another as-at date.

Each becomes a problem that names the parts and says how to mend it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb

from orchestration.formats.sql import in_memory, literal, quoted
from orchestration.ingest.reading import Problem, Reading
from orchestration.judgement.parts.joining import FILE_NAME, FILE_ROW
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.districts import CITY_ID, find_district
from orchestration.reference.places import official_communities, town_spellings
from orchestration.settings import Settings
from orchestration.store.files import scratch_folder
from orchestration.store.records import Arrival

OVERLAPPING, DIFFERENT_DAYS = "overlapping_parts", "different_as_at"
#: So many keys and towns are named one by one.
_SHOWN = 5
#: Ten million keys spill to disk under this.
_MEMORY = "1GB"
_TOWN = "town"


def overlapping_parts(
    settings: Settings, arrival: Arrival, reading: Reading, landing: Path
) -> list[Problem]:
    """Return which keys and which towns stand in several parts of a joined landing."""
    if not reading.landed_rows:
        return []
    contract = load_contracts()[arrival.kind]
    with (
        scratch_folder(settings.scratch, "parts") as scratch,
        in_memory(scratch) as connection,
    ):
        connection.execute(f"set memory_limit = '{_MEMORY}'")
        connection.execute("set threads = 2")
        connection.execute(
            f"create view landed as select * from read_parquet({literal(landing)})"  # noqa: S608 - our own path
        )
        return [
            *_shared_keys(connection, contract),
            *_shared_towns(connection, contract, arrival),
        ]


def _shared_keys(connection: duckdb.DuckDBPyConnection, contract: Contract) -> Iterator[Problem]:
    key = ", ".join(map(quoted, contract.key))
    found = connection.execute(
        f"""
        with places as (
            select
                concat_ws(' ', {key}) as record_key, {FILE_NAME},
                min(row_number) as number, min({FILE_ROW}) as file_row
            from landed
            group by all
        )
        select
            record_key, list({FILE_NAME} order by number), list(file_row order by number),
            count(*) over () as keys
        from places
        where record_key <> ''
        group by record_key
        having count(*) > 1
        order by record_key
        limit {_SHOWN}
        """  # noqa: S608 - names of ours
    ).fetchall()
    if not found:
        return
    count, headers = found[0][-1], "、".join(contract.column(n).header for n in contract.key)
    listed = "；".join(f"{key}（{_rows(names, rows)}）" for key, names, rows, _ in found)
    more = f"等 {count} 个" if count > len(found) else ""
    yield Problem(
        OVERLAPPING,
        f"“{headers}”在几个部分里重复：{listed}{more}",
        "一条记录只放在一个部分里：核对后删去多余的行，重新报送改动的部分",
        field=contract.key[0],
    )


def _rows(names: Sequence[str], rows: Sequence[int]) -> str:
    return "、".join(f"“{name}”第 {row} 行" for name, row in zip(names, rows, strict=True))


def _shared_towns(
    connection: duckdb.DuckDBPyConnection, contract: Contract, arrival: Arrival
) -> Iterator[Problem]:
    if _TOWN not in contract.fields:
        return
    found = connection.execute(
        f"select district, town, {FILE_NAME}, count(*), min(row_number) from landed"  # noqa: S608 - names of ours
        " where town is not null group by all order by 5"
    ).fetchall()
    official = _official_names(arrival)
    parts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for district, town, file_name, rows, _ in found:
        owner = (find_district(district or "") or district or "") if _is_city(arrival) else ""
        name = official.get((owner, town), town)
        parts[f"{district} {name}" if owner else name][file_name] += rows
    shared = {name: files for name, files in parts.items() if len(files) > 1}
    if not shared:
        return
    listed = "；".join(
        f"{name}（{'、'.join(f'“{file}” {rows:,} 行' for file, rows in files.items())}）"
        for name, files in list(shared.items())[:_SHOWN]
    )
    more = f"等 {len(shared)} 个" if len(shared) > _SHOWN else ""
    yield Problem(
        OVERLAPPING,
        f"“{contract.column(_TOWN).header}”在几个部分里重复：{listed}{more}",
        "一个镇街的行全部放在一个部分里，重新报送改动的部分；镇街写错的，改正镇街",
        field=_TOWN,
    )


def _is_city(arrival: Arrival) -> bool:
    return arrival.district_id == CITY_ID


def _official_names(arrival: Arrival) -> dict[tuple[str, str], str]:
    """Return a town's official name by (district of a city's row, spelling)."""
    return {
        (place.district_id if _is_city(arrival) else "", spelling): place.town
        for place in official_communities(arrival.month, arrival.district_id)
        for spelling in town_spellings(place.town)
    }


def different_days(days: dict[str, date | None]) -> list[Problem]:
    """Return that parts, by file name, state different as-at days; one that states none fits."""
    stated = {name: day for name, day in days.items() if day is not None}
    if len(set(stated.values())) < 2:
        return []
    listed = "、".join(f"“{name}”截至 {day.isoformat()}" for name, day in stated.items())
    return [
        Problem(
            DIFFERENT_DAYS,
            f"各部分的截至日期不一致：{listed}",
            "各部分应当是同一天的数据：换成同一截至日期的文件；只是写错的，改正所写的日期",
        )
    ]
