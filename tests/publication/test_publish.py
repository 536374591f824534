"""The published DuckDB: whole or not at all, and never in a reader's way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow
import pytest
from publication.mart_tables import MARTS, insert
from publication.october import build_warehouse, finding

from orchestration.publication.database import publish
from orchestration.publication.database.publish import PublicationError, publish_statistics
from orchestration.publication.database.reading import logical_hash, open_statistics
from orchestration.reference.months import Month
from orchestration.settings import Settings

MakeWarehouse = Callable[..., None]
COUNT_DISTRICTS = "select count(*) from marts.rpt_district_monthly"


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with open_statistics(path) as connection:
        return connection.execute(sql).fetchall()


def test_every_mart_is_published_with_its_rows_types_and_comments(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    published = publish_statistics(settings)

    assert published.row_counts["rpt_district_monthly"] == 11
    assert published.month == Month(2022, 10)
    assert logical_hash(settings.statistics, MARTS) == logical_hash(settings.warehouse)
    assert query(
        settings.statistics,
        "select data_type, comment from duckdb_columns() where database_name = 'statistics' "
        "and table_name in ('rpt_district_monthly', 'rpt_delivery') "
        "and column_name in ('surveyed_floor_area_10k_m2', 'state') order by column_name",
    ) == [("VARCHAR", "状态 state"), ("DECIMAL(14,2)", None)]
    assert query(
        settings.statistics,
        "select comment from duckdb_tables() where database_name = 'statistics' "
        "and table_name = 'rpt_district_monthly'",
    ) == [("各地区'月报表",)]


def test_rows_stand_in_bulletin_order(settings: Settings, make_warehouse: MakeWarehouse) -> None:
    make_warehouse()
    publish_statistics(settings)
    names = query(settings.statistics, "select district_name from marts.rpt_district_monthly")
    assert [name for (name,) in names][:3] == ["张家港市", "常熟市", "太仓市"]
    assert names[-1] == ("苏州市",)


def test_publication_says_when_and_from_what_it_was_built(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    published = publish_statistics(settings, built_at=datetime(2022, 11, 6, 6))
    assert query(
        settings.statistics, "select built_at, month::varchar, code_version from marts.publication"
    ) == [(datetime(2022, 11, 6, 6), "2022-10-01", published.code_version)]


def test_file_opens_in_older_clients(settings: Settings, make_warehouse: MakeWarehouse) -> None:
    make_warehouse()
    publish_statistics(settings)
    # The storage version number stands in the file's header, after checksum and magic bytes;
    # 65 is what DuckDB 1.2 writes.
    header = settings.statistics.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 65


def test_hash_depends_on_content_and_not_on_layout_or_time(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse(findings=[finding(row_number=5), finding(row_number=6)])
    publish_statistics(settings, built_at=datetime(2022, 11, 6))
    first = logical_hash(settings.statistics)
    make_warehouse(findings=[finding(row_number=6), finding(row_number=5)])
    publish_statistics(settings, built_at=datetime(2022, 11, 7))
    assert logical_hash(settings.statistics) == first

    make_warehouse(findings=[finding(row_number=5), finding(row_number=7)])
    publish_statistics(settings, built_at=datetime(2022, 11, 7))
    assert logical_hash(settings.statistics) != first


def test_names_and_comments_with_quotes_are_carried(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute('create table marts."odd ""table" ("a ""b" integer)')
        connection.execute('insert into marts."odd ""table" values (1)')
        connection.execute(
            "insert into run.description values (?, ?, ?)",
            ['odd "table', 'a "b', "it's; drop schema marts"],
        )
    publish_statistics(settings)
    assert query(settings.statistics, 'select "a ""b" from marts."odd ""table"') == [(1,)]
    assert query(
        settings.statistics,
        "select comment from duckdb_columns() where column_name = 'a \"b' "
        "and database_name = 'statistics'",
    ) == [("it's; drop schema marts",)]


def test_reader_of_the_old_file_keeps_it_and_new_readers_get_the_new(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    publish_statistics(settings)
    with open_statistics(settings.statistics) as reader:
        assert reader.execute("from marts.rpt_finding").fetchall() == []
        make_warehouse(findings=[finding()])
        publish_statistics(settings)
        assert reader.execute("from marts.rpt_finding").fetchall() == []
        assert query(settings.statistics, "select cell from marts.rpt_finding") == [("C5",)]


def test_reader_in_another_process_neither_blocks_nor_is_blocked(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    publish_statistics(settings)
    script = (
        "import duckdb, sys\n"
        "connection = duckdb.connect(sys.argv[1], read_only=True)\n"
        "print(connection.execute(sys.argv[2]).fetchone()[0], flush=True)\n"
        "sys.stdin.readline()\n"
        "print(connection.execute(sys.argv[2]).fetchone()[0], flush=True)\n"
    )
    sql = "select count(*) from marts.rpt_finding"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(settings.statistics), sql],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "0\n"
        make_warehouse(findings=[finding()])
        publish_statistics(settings)
        assert query(settings.statistics, sql) == [(1,)]
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "0\n"


@pytest.mark.parametrize("step", ["_carry_comments", "_keep_version"])
def test_failure_leaves_the_old_file_and_nothing_beside_it(
    settings: Settings,
    make_warehouse: MakeWarehouse,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    make_warehouse()
    publish_statistics(settings)
    before = settings.statistics.read_bytes()

    def fail(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(publish, step, fail)
    make_warehouse(findings=[finding()])
    with pytest.raises(OSError, match="no space"):
        publish_statistics(settings)
    assert settings.statistics.read_bytes() == before
    assert [path.name for path in settings.published.iterdir()] == ["statistics.duckdb"]


def test_unfit_marts_are_not_published(settings: Settings) -> None:
    with pytest.raises(PublicationError, match="no warehouse"):
        publish_statistics(settings)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema marts")
    with pytest.raises(PublicationError, match="no tables"):
        publish_statistics(settings)
    build_warehouse(settings.warehouse)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create view marts.rpt_peek as select * from read_csv('/etc/passwd')")
    with pytest.raises(PublicationError, match="rpt_peek: a view"):
        publish_statistics(settings)
    assert not settings.statistics.exists()


def test_leftovers_of_dead_processes_and_a_stale_wal_are_cleared(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    publish_statistics(settings)
    for name in (
        ".statistics.duckdb.99.tmp",
        ".statistics.duckdb.99.tmp.wal",
        "statistics.duckdb.wal",
    ):
        (settings.published / name).write_bytes(b"half")
    publish_statistics(settings)
    names = {path.name for path in settings.published.iterdir()}
    assert names == {"statistics.duckdb", ".versions"}
    assert query(settings.statistics, COUNT_DISTRICTS) == [(11,)]


def test_the_last_three_versions_are_kept_for_rollback(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    for rows in range(6):
        make_warehouse(findings=[finding(row_number=row) for row in range(rows)])
        publish_statistics(settings)
    kept = sorted((settings.published / ".versions").iterdir())
    counts = [query(path, "select count(*) from marts.rpt_finding")[0][0] for path in kept]
    assert counts == [2, 3, 4]


def test_publishing_leaves_the_warehouse_as_it_was(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    before = settings.warehouse.read_bytes()
    publish_statistics(settings)
    assert settings.warehouse.read_bytes() == before


def test_no_message_names_a_file_that_does_not_exist(settings: Settings) -> None:
    with (
        pytest.raises(FileNotFoundError, match="fangan month"),
        open_statistics(settings.statistics),
    ):
        raise AssertionError("opened a file that does not exist")


def test_an_open_file_gives_access_to_nothing_else(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    publish_statistics(settings)
    secret = pyarrow.table({"name": ["a Python variable"]})
    assert duckdb.execute("from secret").fetchall() == [("a Python variable",)]
    with open_statistics(settings.statistics) as connection:
        with pytest.raises(duckdb.CatalogException, match="secret"):
            connection.execute("from secret")
        with pytest.raises(duckdb.PermissionException, match="disabled"):
            connection.execute("from read_csv('/etc/hostname')")
    assert secret.num_rows == 1


def test_rows_published_later_replace_the_earlier(
    settings: Settings, make_warehouse: MakeWarehouse
) -> None:
    make_warehouse()
    publish_statistics(settings)
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("delete from marts.rpt_district_monthly")
        insert(connection, "rpt_finding", [finding()])
    published = publish_statistics(settings)
    assert published.row_counts["rpt_district_monthly"] == 0
    assert query(settings.statistics, COUNT_DISTRICTS) == [(0,)]


def test_models_that_have_not_passed_their_tests_are_not_published(
    settings: Settings, make_warehouse: Callable[..., None]
) -> None:
    make_warehouse()
    publish_statistics(settings)
    before = settings.statistics.read_bytes()
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("delete from run.stamp")
    with pytest.raises(PublicationError, match="fangan month 2022-10 --again"):
        publish_statistics(settings)
    assert settings.statistics.read_bytes() == before
    assert not list(settings.published.glob(".*.tmp*"))
