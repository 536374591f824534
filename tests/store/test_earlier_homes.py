"""Homes made by earlier versions open, verify and can be used; see ``homes/README.md``."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest
from month_installation import Installation

from orchestration.settings import Settings

HOMES = sorted((Path(__file__).parent / "homes").glob("*.tar.xz"))


@pytest.mark.parametrize("packed", HOMES, ids=lambda path: path.name.split(".")[0])
def test_a_home_of_an_earlier_version_opens_and_can_be_used(
    packed: Path, tmp_path: Path, parsed_project: Path
) -> None:
    with tarfile.open(packed) as archive:
        archive.extractall(tmp_path / "made", filter="data")
    settings = Settings(raw=tmp_path / "made" / "raw", home=tmp_path / "made" / "home")
    shutil.copytree(parsed_project, settings.dbt)
    made = Installation(settings)
    published = [row for row in made.rows("from marts.rpt_district_monthly order by sort_order")]

    verified = made.fangan("verify", "--json")
    assert (verified.returncode, json.loads(verified.stdout)["damages"]) == (0, [])
    assert made.fangan("status", "2022-10").returncode == 0
    released = made.fangan("release", "2022-10", "--verify", "--json")
    assert (released.returncode, json.loads(released.stdout)[0]["faults"]) == (0, [])

    refused = made.fangan_afresh("month", "2022-10")
    assert refused.returncode == 4
    assert "leaked" not in refused.stderr  # DuckDB's list of what Python did not take apart
    assert "run `fangan rebuild`" in refused.stderr
    for command in (("rebuild",), ("month", "2022-10")):
        run = made.fangan(*command)
        assert run.returncode == 0, run.stdout + run.stderr
    rows = made.rows("from marts.rpt_district_monthly order by sort_order")
    assert [{name: row[name] for name in published[0]} for row in rows] == published
    assert [row["is_total"] for row in rows] == [False] * 10 + [True]
    second = ("--note", "更新程序后核对", "--reason", "platform_error", "--yes")
    done = made.fangan("release", "2022-10", *second)
    assert done.returncode == 0, done.stdout + done.stderr
    vintages = made.rows("select vintage from marts.rpt_release order by vintage")
    assert [row["vintage"] for row in vintages] == [1, 2]
    verified = made.fangan("verify", "--json")
    assert (verified.returncode, json.loads(verified.stdout)["damages"]) == (0, [])
