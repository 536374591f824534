"""Rules across deliveries and months, asked as SQL on DuckDB.

A query reads the views ``<kind>``, ``previous_<kind>`` (last month's) and, of some kinds,
``history_<kind>`` (earlier months', this month excepted): accepted rows as text, with ``month``,
``row_number`` and ``record_key``. ``listed_<kind>`` also has this month's quarantined rows: what
is only quarantined is not missing, and has a finding already. The city's rules read
``known_buildings`` (district_id, building_id: listed in a district's ledger, or ended by a
registered change) with ``district_names`` (district, district_id). Further there are the one-row
table ``context`` (month, next_month); the
district's ``bands`` (measure, low, high); and the official list of places as ``official_towns``
(district, town, town_key) and ``official_communities`` (town_key, community); who inspects as
``inspection_groups`` (district, inspection_group, contractor). It returns one row a checked
record: ``row_number``, ``field``, ``record_key`` and the boolean ``is_failing``. Add a
query as ``sql/<rule id>.sql``; checks within one delivery belong to ``checks``.
"""

from __future__ import annotations

import duckdb
import pandas as pd

from expectations.rulebook import SQL_DIR, Rule

#: SQL to run once on a connection before any rule: what several queries share.
SHARED_MACROS = SQL_DIR / "macros.sql"
_COLUMNS = ["row_number", "field", "record_key", "is_failing"]


def ask(connection: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[int, pd.DataFrame]:
    """Run the query of an SQL rule; return how many records it checked, and those that fail.

    The frame has ``row_number`` (null if the record lies elsewhere), ``field``, ``record_key``.
    Raises duckdb.Error if the query cannot run, ValueError if it returns other columns.
    """
    query = rule.sql_path.read_text(encoding="utf-8")
    connection.execute(f"create or replace temp table asked as {query}")
    names = [row[0] for row in connection.execute("describe asked").fetchall()]
    if names != _COLUMNS:
        raise ValueError(f"{rule.sql_path.name} returns {names}, not {_COLUMNS}")
    counted = connection.execute("select count(*) from asked").fetchone()
    assert counted is not None
    failing = connection.execute("select * exclude (is_failing) from asked where is_failing")
    return counted[0], failing.df().astype({"row_number": "Int64"})
