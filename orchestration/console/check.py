"""``fangan check``: read and judge files without writing anything that lasts."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import click

from expectations.rulebook import load_rulebooks
from orchestration import terms
from orchestration.console.output import Record, conservation_line, print_table
from orchestration.contracts import load_contracts
from orchestration.districts import CITY_ID, find_district
from orchestration.ingest.deliveries import kind_of
from orchestration.ingest.readers import ReaderPool
from orchestration.judgement.delivery import judge_delivery
from orchestration.judgement.month_checks import month_problems
from orchestration.judgement.reference import rule_context
from orchestration.months import Month
from orchestration.store.files import sha256_of
from orchestration.store.records import Arrival, DeliveredFile

_SHOWN_FINDINGS = 50


def check_file(
    pool: ReaderPool, path: Path, kind: str | None, month: str | None, district: str | None
) -> Record:
    """Return the state, counts and findings of one file, as if delivered.

    Kind, month and district come from the options, else from the file's name and folders, else
    (month and district) from its content. Raises click.UsageError if one stays unknown.
    """
    kind = kind or kind_of(path.name)
    if kind not in load_contracts():
        known = "、".join(f"{k}（{c.title}）" for k, c in load_contracts().items())
        raise click.UsageError(f"{path.name}: which kind is it? Give --kind: {known}")
    contract = load_contracts()[kind]
    with tempfile.TemporaryDirectory(prefix="fangan-check-") as folder:
        landing = Path(folder) / "landing.parquet"
        reading = pool.read(path, contract, landing, Path(folder) / "notes.parquet")
        arrival = _arrival(
            path,
            kind,
            _month(path, month, reading.as_at),
            _district(path, district, reading.districts_named),
        )
        reading = replace(reading, problems=[*reading.problems, *month_problems(arrival, reading)])
        context = rule_context(contract, arrival.month, arrival.district_id, reading.as_at)
        judged = judge_delivery(landing, reading, contract, load_rulebooks()[kind], context)
    quarantined = int((judged.quarantined_by != "").sum())
    accepted = 0 if judged.state == "refused" else len(judged.quarantined_by) - quarantined
    return {
        "file": path.name,
        "kind": kind,
        "month": str(arrival.month),
        "district_id": arrival.district_id,
        "state": judged.state,
        "row_count": reading.file_rows,
        "accepted_count": accepted,
        "quarantined_count": quarantined,
        "itemised_count": reading.itemised_rows,
        "itemised": reading.itemised_by_role,
        "is_conserved": reading.file_rows == reading.itemised_rows + accepted + quarantined,
        "normalised_count": reading.normalised_count,
        "findings": judged.findings.astype(object)
        .where(judged.findings.notna(), None)
        .to_dict("records"),
        "failed_rules": [v.rule_id for v in judged.verdicts if v.outcome in ("fail", "error")],
    }


def _arrival(path: Path, kind: str, month: Month, district_id: str) -> Arrival:
    sha256 = sha256_of(path)
    part = DeliveredFile(path.name, sha256)
    size = path.stat().st_size
    return Arrival(0, month, district_id, kind, 1, path.name, sha256, size, (part,), "")


def _month(path: Path, option: str | None, as_at: str | None) -> Month:
    folder = path.resolve().parent.parent.name
    for text in (option, folder, (as_at or "")[:7]):
        if text:
            try:
                return Month.parse(text)
            except ValueError as error:
                if text == option:
                    raise click.UsageError(str(error)) from error
    raise click.UsageError(f"{path.name}: of which month is it? Give --month, for example 2022-10")


def _district(path: Path, option: str | None, named: list[str]) -> str:
    folder = path.resolve().parent.name
    found = option or find_district(folder) or (named[0] if len(named) == 1 else None)
    if found is None:
        raise click.UsageError(f"{path.name}: of which district is it? Give --district")
    return found if found != CITY_ID or not named else named[0]


def show(record: Record) -> None:
    """Print one checked file: its state, its counts, its first findings."""
    click.echo(
        f"{record['file']}：{terms.STATES[record['state']]}；"
        f"规范化单元格 {record['normalised_count']} 个"
    )
    click.echo(conservation_line(record))
    if record["findings"]:
        shown = record["findings"][:_SHOWN_FINDINGS]
        print_table(
            f"问题 {len(record['findings'])} 项"
            + (f"，显示前 {_SHOWN_FINDINGS} 项" if len(shown) < len(record["findings"]) else ""),
            [
                {
                    "规则": f["rule_id"],
                    "程度": terms.SEVERITIES[f["severity"]],
                    "工作表": f["sheet"],
                    "单元格": f["cell"],
                    "问题": f["message"],
                    "改法": f["remedy"],
                }
                for f in shown
            ],
        )
