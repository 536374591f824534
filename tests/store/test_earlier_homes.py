"""Homes made by earlier versions open, verify and can be used; see ``homes/README.md``."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path

import pytest
from month_installation import Installation

from orchestration.console.health.examination import examine
from orchestration.settings import Settings
from orchestration.store.migrations import STEPS, version_of

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

    # the doctor looks before anything is migrated, and migrates nothing
    found = {record["check"]: record for record in examine(settings)}
    assert found["ledger"]["detail"].startswith("version 0 of an earlier program")
    assert version_of(settings.ledger) == 0
    faults = {name for name, record in found.items() if record["state"] == "fault"}
    assert faults <= {"file modes"}, "they were lost when it was packed"
    verified = made.fangan("verify", "--json")
    assert (verified.returncode, json.loads(verified.stdout)["damages"]) == (0, [])
    assert version_of(settings.ledger) == len(STEPS)
    assert made.fangan("status", "2022-10").returncode == 0
    released = made.fangan("release", "2022-10", "--verify", "--json")
    assert (released.returncode, json.loads(released.stdout)[0]["faults"]) == (0, [])

    kept = _kept(settings)
    run = made.fangan_afresh("month", "2022-10")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "every month is modelled again first" in run.stderr
    assert "leaked" not in run.stderr  # DuckDB's list of what Python did not take apart
    assert kept.items() <= _kept(settings).items(), "a page may be added, none is changed"
    assert not (settings.home / "rebuild").exists()
    assert {r["check"] for r in examine(settings) if r["state"] == "fault"} == set()
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


def _kept(settings: Settings) -> dict[str, bytes]:
    """Return the files of releases, and those that were published with them."""
    folders = (settings.releases / "2022-10", settings.published / "2022-10" / "v1")
    return {
        str(path.relative_to(settings.home)): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
