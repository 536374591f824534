"""The open files: whole, readable by other programs, safe for spreadsheets, the same each time."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from frictionless import Package
from publication.mart_tables import create_marts
from publication.october import OCTOBER, RELEASED_AT, build_warehouse, golden_rows
from pysdmx.io import read_sdmx

from orchestration.publication.bulletin.history import Revision
from orchestration.publication.bulletin.model import load_bulletin
from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.open_data.open_tables import SUPPRESSED, load_open_tables
from orchestration.publication.open_data.public_marts import (
    MARTS_DIR,
    PublicMartError,
    public_marts,
)
from orchestration.publication.open_data.writing import csv_bytes, render_open_data
from orchestration.settings import Settings


@pytest.fixture
def files(settings: Settings) -> dict[str, bytes]:
    """The open files of October, as a release has them."""
    build_warehouse(settings.warehouse, absent=["gusu"], changes={"city": {"vintage": 1}})
    publish_statistics(settings, built_at=RELEASED_AT)
    return _rendered(settings)


def _rendered(settings: Settings) -> dict[str, bytes]:
    bulletin = load_bulletin(settings.statistics, OCTOBER)
    return render_open_data(settings.statistics, bulletin, RELEASED_AT)


def test_other_programs_read_every_file(files: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    report = Package(str(tmp_path / "data" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "message"])
    assert {task.place for task in report.tasks} == {
        name.removeprefix("data/") for name in files
    } - {"datapackage.json"}

    [dataset] = read_sdmx(tmp_path / "data" / "rpt_district_monthly.sdmx.csv", validate=False).data
    assert dataset.short_urn == "Dataflow=FANGAN:RPT_DISTRICT_MONTHLY(1.0)"
    observed = dataset.data.set_index(["REF_AREA", "INDICATOR"])
    assert len(observed) == 66
    assert observed.loc[("320585", "COMPLETED_COUNT"), "OBS_VALUE"] == golden_rows()[2][6]
    assert observed.loc[("320508", "COMPLETED_COUNT"), "OBS_STATUS"] == "O"
    assert observed.loc[("320508", "COMPLETED_COUNT"), "OBS_VALUE"] == ""
    assert observed.loc[("320585", "COMPLETED_COUNT"), "INDICATOR_KIND"] == "FLOW"
    assert observed.loc[("320585", "SURVEYED_BUILDING_COUNT"), "INDICATOR_KIND"] == "STOCK"
    totals = observed[observed["IS_TOTAL"].astype(str).str.lower() == "true"]
    assert {place for place, _ in totals.index} == {"320500"}


def test_csv_and_parquet_say_the_same(files: dict[str, bytes]) -> None:
    name = "data/rpt_district_monthly"
    rows = pq.read_table(BytesIO(files[f"{name}.parquet"])).to_pylist()
    assert files[f"{name}.csv"].startswith(b"\xef\xbb\xbf")
    told = list(csv.DictReader(StringIO(files[f"{name}.csv"].decode("utf-8-sig"))))
    assert [row["completed_count"] or None for row in told] == [
        None if row["completed_count"] is None else str(row["completed_count"]) for row in rows
    ]
    assert [row["district_id"] for row in rows][-1] == "city"
    fields = json.loads(files["data/datapackage.json"])["resources"]
    [resource] = [one for one in fields if one["path"] == "rpt_district_monthly.csv"]
    assert resource["schema"]["primaryKey"] == ["month", "district_id"]
    assert [field["name"] for field in resource["schema"]["fields"]] == list(told[0])
    kinds = {field["name"]: field.get("metricKind") for field in resource["schema"]["fields"]}
    assert (kinds["surveyed_building_count"], kinds["completed_count"]) == ("stock", "flow")
    assert kinds["is_total"] is None
    assert [row["is_total"] for row in told] == ["false"] * 10 + ["true"]


def test_the_same_figures_give_the_same_bytes(files: dict[str, bytes], settings: Settings) -> None:
    assert _rendered(settings) == files


def test_findings_deliveries_and_single_cases_are_no_open_files(files: dict[str, bytes]) -> None:
    kept_in = {"rpt_finding", "rpt_delivery", "rpt_correction", "rpt_waiver"}
    kept_in |= {"rpt_d_grade_supervision", "rpt_alteration_explanation_monthly", "publication"}
    assert kept_in.isdisjoint(Path(name).name.partition(".")[0] for name in files)


def test_a_formula_in_a_text_is_only_text() -> None:
    rows = pa.table({"name": ["=1+1", "＋1", "平江"], "count": [-1, 2, None]})
    assert csv_bytes(rows).decode("utf-8-sig").split("\r\n") == [
        "name,count", "'=1+1,-1", "'＋1,2", "平江,", "",
    ]  # fmt: skip


def test_every_mart_says_whether_it_is_open(tmp_path: Path) -> None:
    marts = {path.stem for path in MARTS_DIR.rglob("*.yml")}
    assert set(public_marts()) < marts
    (tmp_path / "rpt_new.yml").write_text("models: [{name: rpt_new}]", encoding="utf-8")
    with pytest.raises(PublicMartError, match=r"rpt_new\.yml: config\.meta\.public"):
        public_marts(tmp_path)


def test_towns_and_their_communities_hide_small_counts(tmp_path: Path) -> None:
    """A hidden town takes its communities along; what a town shows, its communities add up to."""
    path = tmp_path / "statistics.duckdb"
    towns = [("gusu", "1", 3, 30), ("gusu", "2", 9, 90), ("gusu", "3", 60, 600)]
    communities = [
        ("gusu", "1", "11", 3, 30),
        ("gusu", "2", "21", 9, 90),
        ("gusu", "3", "31", 2, 20),
        ("gusu", "3", "32", 7, 70),
        ("gusu", "3", "33", 51, 510),
        ("gusu", "3", "34", 0, 0),
    ]
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        counted = ("surveyed_building_count", "surveyed_floor_area_m2")
        _fill(connection, "rpt_town_monthly", ("town_series_code", *counted), towns)
        keys = ("town_series_code", "community_series_code", *counted)
        _fill(connection, "rpt_community_monthly", keys, communities)
    tables = {table.name: table.rows.to_pylist() for table in load_open_tables(path, OCTOBER)}

    assert [row["surveyed_building_count"] for row in tables["rpt_town_monthly"]] == [
        None, None, 60,
    ]  # fmt: skip
    assert [row["surveyed_building_count"] for row in tables["rpt_community_monthly"]] == [
        None, None, None, None, 51, 0,
    ]  # fmt: skip
    for row in (*tables["rpt_town_monthly"], *tables["rpt_community_monthly"]):
        is_hidden = row["surveyed_building_count"] is None
        assert (row["surveyed_floor_area_m2"] is None) == is_hidden
        assert (row[SUPPRESSED] or "").split() == (list(counted) if is_hidden else [])


def _fill(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    columns: tuple[str, ...],
    rows: list[tuple[Any, ...]],
) -> None:
    """Make a mart as its yml says and fill in some columns; the rest are null."""
    create_marts(connection, [mart])
    names = ("month", "district_id", *columns)
    connection.executemany(
        f"insert into marts.{mart} ({', '.join(names)}) values ({', '.join('?' * len(names))})",
        [(date(2022, 10, 1), *row) for row in rows],
    )


def test_a_status_marker_is_true_of_the_row_and_explained(settings: Settings) -> None:
    build_warehouse(settings.warehouse, absent=["gusu"])
    publish_statistics(settings, built_at=RELEASED_AT)
    bulletin = load_bulletin(settings.statistics, OCTOBER)
    revisions = tuple(
        Revision(date(2022, 10, 1), number, "320582", measure, None, None, None, None, None)
        for number, measure in (
            (bulletin.vintage - 1, "verified_count"),
            (bulletin.vintage, "completed_count"),
        )
    )
    revised = replace(bulletin, history=replace(bulletin.history, revisions=revisions))
    files = render_open_data(settings.statistics, revised, RELEASED_AT)
    rows = csv.DictReader(StringIO(files["data/rpt_district_monthly.csv"].decode("utf-8-sig")))
    markers = {row["district_id"]: row["status_marker"] for row in rows}
    assert markers["zhangjiagang"] == "[p] [r] completed_count"
    assert markers["changshu"] == "[p]"
    assert markers["gusu"].startswith("[p] [x] surveyed_building_count")
    assert "[x]" not in markers["city"]
    package = json.loads(files["data/datapackage.json"])
    [table] = [one for one in package["resources"] if one["path"] == "rpt_district_monthly.csv"]
    [field] = [one for one in table["schema"]["fields"] if one["name"] == "status_marker"]
    assert all(mark in field["description"] for mark in ("[p]", "[r]", "[x]"))
