"""Unusual months: missing districts, broken and late files."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from dagster import AssetKey, DagsterInstance
from deliver import (
    MEASURES,
    OCTOBER,
    folder,
    report,
)
from month_installation import Installation, deliver_all

from orchestration.reference.districts import district_ids
from orchestration.settings import Settings


def test_a_missing_and_a_broken_delivery_are_replaced_later(installation) -> None:
    made: Installation = installation("nine")
    deliver_all(made.settings.raw, but=("gusu", "sip"))
    (folder(made.settings.raw, "sip") / "monthly_report.xlsx").write_bytes(b"")
    done = made.fangan("month", "2022-10")
    assert done.returncode == 1
    assert "姑苏区、工业园区" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    table = made.table()
    assert len(table) == 11
    for district_id in ("gusu", "sip"):
        assert {table[district_id][measure] for measure in MEASURES} == {None}
        assert table[district_id]["survey_basis"] == "missing"
        assert table[district_id]["is_partial"]
    assert table["city"]["is_partial"]
    assert table["city"]["surveyed_building_count"] == 703260 - 49683 - 31670
    assert table["city"]["surveyed_floor_area_10k_m2"] == Decimal("109317.74")
    states = made.rows(
        "select district_id, state from marts.rpt_delivery"
        " where kind = 'monthly_report' and state <> 'accepted' order by all"
    )
    assert states == [
        {"district_id": "gusu", "state": "missing"},
        {"district_id": "sip", "state": "refused"},
    ]
    findings = made.rows("select district_id, rule_id, file_name, remedy from marts.rpt_finding")
    assert {(f["district_id"], f["rule_id"]) for f in findings} == {
        ("gusu", "DL-002"),
        ("sip", "ST-001"),
    }
    # an unreadable file passes nothing, a missing one is not scored
    scored = "select score, reason from marts.rpt_data_quality_monthly where district_id = "
    assert made.rows(f"{scored}'sip' and dimension = 'validity'") == [
        {"score": Decimal(0), "reason": None}
    ]
    assert made.rows(f"{scored}'gusu' and dimension = 'validity'") == [
        {"score": None, "reason": "本月未报送"}
    ]
    held = duckdb.connect(str(made.settings.statistics), read_only=True)
    try:
        report(made.settings.raw, "gusu")
        report(made.settings.raw, "sip")
        assert made.fangan("month", "2022-10").returncode == 0
        old = held.execute(
            "select verified_count from marts.rpt_district_monthly where district_id = 'gusu'"
        ).fetchall()
    finally:
        held.close()
    assert old == [(None,)]
    assert made.table()["city"]["surveyed_building_count"] == 703260
    assert made.rows("from marts.rpt_finding") == []
    # the replacement corrects the findings of the broken file
    assert made.rows(
        "select district_id, numerator, denominator from marts.rpt_data_quality_monthly"
        " where dimension = 'rectification' and score is not null order by all"
    ) == [
        {"district_id": "city", "numerator": 1, "denominator": 1},
        {"district_id": "sip", "numerator": 1, "denominator": 1},
    ]


def test_a_month_replaces_only_itself(
    after_october: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = after_october
    november, october = OCTOBER.shift(1), made.table()
    deliver_all(made.settings.raw, but=("gusu",), month=november, note="与上月相同")
    report(made.settings.raw, "gusu", november, verified_count=1, note="集中核实已结束")
    assert made.fangan("month", "2022-11").returncode == 0
    assert made.table() == october
    assert made.table(november)["gusu"]["verified_count"] == 1
    assert made.table(november)["city"]["verified_count"] == 75 - 29
    for district_id in district_ids():
        if district_id != "city":
            (folder(made.settings.raw, district_id, november) / "monthly_report.xlsx").write_bytes(
                b""
            )
    assert made.fangan("month", "2022-11").returncode == 1
    assert made.table() == october
    empty = made.table(november)
    assert {row[measure] for row in empty.values() for measure in MEASURES} == {None}
    assert {row["survey_basis"] for row in empty.values()} == {"missing"}
    vintages = made.rows(
        "select count(*) as n from marts.rpt_district_monthly_vintage group by month order by month"
    )
    assert vintages == [{"n": 11}, {"n": 11}]
    # seeds that did not change are not loaded again, and Dagster still knows them for each month
    monkeypatch.setenv("DAGSTER_HOME", str(made.settings.dagster))
    with DagsterInstance.get() as instance:
        loaded = instance.fetch_materializations(AssetKey(["seeds", "districts"]), limit=9).records
    assert [(t.partition_key, "装入" in t.asset_materialization.metadata) for t in loaded] == [
        ("2022-11", True),
        ("2022-11", True),
        ("2022-10", False),
    ]

    with duckdb.connect(str(made.settings.warehouse)) as connection:
        connection.execute("alter table marts.rpt_verdict drop column reason")
    # a warehouse of another shape is rebuilt by the run
    mended = made.fangan("month", "2022-11", "--again")
    assert mended.returncode == 1, mended.stderr
    assert made.table() == october
    assert made.table(november) == empty
    rebuilt = made.fangan("rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert made.table() == october
    assert made.table(november) == empty


def test_check_judges_a_file_without_writing(tmp_path: Path) -> None:
    made = Installation(Settings(raw=tmp_path / "raw", home=tmp_path / "no-home"))
    good = report(made.settings.raw, "gusu")
    done = made.fangan("check", str(good), "--json")
    assert done.returncode == 0, done.stderr
    [record] = json.loads(done.stdout)
    assert (record["state"], record["findings"]) == ("accepted", [])
    bad = report(made.settings.raw, "gusu", verified_count=-1)
    done = made.fangan("check", str(bad))
    assert done.returncode == 1
    assert "MR-103" in done.stdout
    assert "F4" in done.stdout
    assert not made.settings.home.exists()
    unknown = bad.rename(bad.with_name("final.xlsx"))
    done = made.fangan("check", str(unknown))
    assert done.returncode == 2
    assert "--kind" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["month", "2022-13"], "YYYY-MM"),
        (["month"], "MONTH"),
        (["frobnicate"], "frobnicate"),
        (["check", "no such file.xlsx"], "no such file"),
    ],
)
def test_wrong_arguments_exit_with_code_2(installation, arguments: list[str], words: str) -> None:
    done = installation("usage").fangan(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
