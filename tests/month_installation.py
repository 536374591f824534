"""An installation for a test: a raw folder, a home, and the real command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import preloaded
from deliver import OCTOBER, report

from orchestration.publication.database.reading import open_statistics
from orchestration.reference.districts import reporting_districts
from orchestration.reference.months import Month
from orchestration.settings import Settings

FANGAN = Path(sys.executable).parent / "fangan"


@dataclass(frozen=True)
class Installation:
    """A raw folder and a home of their own, driven by the real command."""

    settings: Settings

    def fangan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command, without inheriting a home."""
        return preloaded.fangan(list(arguments), self.environment)

    def fangan_afresh(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command as a user would, in a new interpreter."""
        return subprocess.run(
            [FANGAN, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def copied(self, folder: Path) -> Installation:
        """Copy raw folder and home into a folder, for a test that changes them."""
        made = Installation(Settings(raw=folder / "raw-after", home=folder / "home-after"))
        shutil.copytree(self.settings.raw, made.settings.raw)
        shutil.copytree(self.settings.home, made.settings.home, symlinks=True)
        return made

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "FANGAN_RAW": str(self.settings.raw),
            "FANGAN_HOME": str(self.settings.home),
            "FANGAN_DECISIONS": str(self.settings.decisions),
            "COLUMNS": "200",
        }

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Ask the published file."""
        with open_statistics(self.settings.statistics) as connection:
            cursor: duckdb.DuckDBPyConnection = connection.execute(sql)
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def table(self, month: Month = OCTOBER) -> dict[str, dict[str, Any]]:
        """Return the published table of a month by district id."""
        rows = self.rows(
            f"select * from marts.rpt_district_monthly where month = '{month.first_day}'"
            " order by sort_order"
        )
        return {row["district_id"]: row for row in rows}


def installed(base: Path, parsed_project: Path) -> Installation:
    """Make an installation in a folder, with only the parsed project in it."""
    (base / "raw").mkdir(parents=True)
    made = Installation(Settings(raw=base / "raw", home=base / "home").prepare())
    shutil.copytree(parsed_project, made.settings.dbt, dirs_exist_ok=True)
    return made


def deliver_all(
    raw: Path, *, but: tuple[str, ...] = (), month: Month = OCTOBER, **changes: Any
) -> None:
    """Deliver the published report of every district but those named, with the given changes."""
    for district in reporting_districts(month):
        if district.district_id not in but:
            report(raw, district.district_id, month, **changes)
