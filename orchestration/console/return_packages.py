"""``fangan return`` and ``fangan template``: what districts get from us.

Packages and templates are made in ``returns``; here they are listed and errors explained.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.output import Record, path_from_here, print_table
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID, district_in, reporting_districts
from orchestration.reference.months import Month
from orchestration.returns.findings import NotJudgedError
from orchestration.returns.package import build_return
from orchestration.returns.template import write_template
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


def build(settings: Settings, month: Month, district_id: str | None) -> list[Record]:
    """Build the return packages of one district or all; return one record for each.

    Raises click.UsageError for a month that was never run.
    """
    ids = [district_id] if district_id else _all_districts(month)
    ledger = Ledger(settings.ledger)
    try:
        packages = [build_return(settings, ledger, month, district_id) for district_id in ids]
    except NotJudgedError as error:
        raise click.UsageError(f"{error}; run: fangan month {month}") from error
    return [
        {
            "district_id": package.district_id,
            "district_name": district_in(package.district_id, month).district_name,
            "finding_count": package.finding_count,
            "asks_for_action": package.asks_for_action,
            "files": [str(path) for path in package.paths],
        }
        for package in packages
    ]


def _all_districts(month: Month) -> list[str]:
    return [*(d.district_id for d in reporting_districts(month)), CITY_ID]


def show(packages: list[Record]) -> None:
    """Print the number of findings and the folder of each package."""
    print_table(
        "",
        [
            {
                "地区": package["district_name"],
                "问题": package["finding_count"],
                "退回包": _folder_of(package["files"]) or "无需退回",
            }
            for package in packages
        ],
    )


def _folder_of(files: list[str]) -> str:
    return path_from_here(Path(files[0]).parent) if files else ""


def write_blank(kind: str, district_id: str, month: Month, out: Path | None) -> Path:
    """Write a blank workbook of the kind; return its path (default: in the current folder).

    Raises click.UsageError for an unknown kind, or one that the district does not deliver.
    """
    if kind not in load_contracts():
        known = "、".join(f"{k}（{c.title}）" for k, c in load_contracts().items())
        raise click.UsageError(f"没有报表种类 unknown kind {kind!r}; known kinds: {known}")
    name = district_in(district_id, month).district_name
    path = out or Path(f"{name}{month.chinese}{load_contracts()[kind].title}.xlsx")
    try:
        write_template(kind, district_id, month, path)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return path
