"""A month beside another, a check of single files, and wrong arguments."""

from __future__ import annotations

import json
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
    # that a run rebuilds such a warehouse too is shown in store/test_earlier_homes
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
