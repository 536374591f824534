"""Rules across deliveries and months, asked as SQL on DuckDB.

A query reads the views ``<kind>``, ``previous_<kind>`` (last month's) and, of some kinds,
``history_<kind>`` (earlier months', this month excepted): accepted rows as text, with ``month``,
``row_number`` and ``record_key``. ``listed_<kind>`` also has this month's quarantined rows: what
is only quarantined is not missing, and has a finding already; ``listed_building`` (building_id)
are the buildings of both. The city's rules read
``known_buildings`` (district_id, building_id: listed in a district's ledger, or ended by a
registered change) with ``district_names`` (district, district_id). Further there are the one-row
table ``context`` (month, next_month); the
district's ``bands`` (measure, low, high); and the official list of places as ``official_towns``
(district, town, town_key) and ``official_communities`` (town_key, community); who inspects as
``inspection_groups`` (district, inspection_group, contractor). It returns one row a checked
record: ``row_number``, ``field``, ``record_key``, the boolean ``is_failing`` and, if it can say
what was compared, ``compared``. Add a
query as ``sql/<rule id>.sql``; checks within one delivery belong to ``checks``.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from expectations.rulebook import SQL_DIR, Rule

#: What several queries share: macros, made once a database, and the query of the table
#: ``listed_building``, made once an area.
SHARED_MACROS = SQL_DIR / "macros.sql"
LISTED_BUILDINGS = SQL_DIR / "listed_building.sql"
_RECORD = "row_number, field, record_key"
_COLUMNS = f"{_RECORD}, is_failing"
_NONE_FAILING = pd.DataFrame(
    {"row_number": [], "field": [], "record_key": [], "compared": []}
).astype({"row_number": "Int64", "field": "str", "record_key": "str", "compared": "str"})


def ask(connection: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[int, pd.DataFrame]:
    """Run the query of an SQL rule; return how many records it checked, and those that fail.

    The frame has ``row_number`` (null if the record lies elsewhere), ``field``, ``record_key``,
    and ``compared``: the values compared, in Chinese, or null.
    Raises duckdb.Error if the query cannot run or lacks one of the columns.
    """
    query = rule.sql_path.read_text(encoding="utf-8")
    # in one statement: a relation of DuckDB's is planned to be made, to be counted and to be run
    counted = "select count(*), count_if(is_failing) from (select {columns} from (\n{query}\n))"
    [(count, failing_count)] = connection.execute(
        counted.format(columns=_COLUMNS, query=query)
    ).fetchall()
    # nearly every rule holds, and only one that does not is asked again, for its records
    if not failing_count:
        return count, _NONE_FAILING
    relation = connection.sql(query)
    compared = "compared" if "compared" in relation.columns else "null::varchar as compared"
    failing = relation.filter("is_failing").select(f"{_RECORD}, {compared}").df()
    return count, failing.astype({"row_number": "Int64", "compared": "str"})
