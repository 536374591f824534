"""Reports of 姑苏区 written by towns and totals, read and judged in this process."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
from deliver import MEASURES, OCTOBER
from ingest.builders import FLAT_HEADER

from orchestration.ingest.reader.pipeline import read_file
from orchestration.ingest.reading import Reading
from orchestration.judgement.month_decisions import load_month_decisions
from orchestration.judgement.reports.report_problems import row_problems
from orchestration.judgement.reports.report_rows import sort_out
from orchestration.judgement.steps import OwnJudgement, judge_arrival
from orchestration.judgement.storing import place
from orchestration.reference.contracts import load_contracts
from orchestration.settings import Settings
from orchestration.store.records import Arrival, DeliveredFile

TOWNS = ("平江街道", "沧浪街道", "金阊街道", "双塔街道", "虎丘街道", "苏锦街道", "吴门桥街道")
HEADERS = FLAT_HEADER[1:]
#: Names that totals were met under; all but the known labels are found by arithmetic alone.
LABELS = (
    "合计", "合 计", "总计", "共计", "合计数", "总数", "汇总", "累计", "全区合计", "合计(1+2+3)",
    "合计：", "【合计】", "Total", "SUM", "Grand Total", "全区", "全市", "平均", "其中：重点",
    "区直属", "姑苏区", "姑苏区本级", "", "本月数",
)  # fmt: skip
TRUE = (49683, Decimal("7658.27"), 28, 8, 30, 31)
THREE = (
    (20000, Decimal("3000.00"), 10, 3, 10, 11),
    (20000, Decimal("3000.00"), 10, 3, 10, 10),
    (9683, Decimal("1658.27"), 8, 2, 10, 10),
)
Figures = tuple[Any, ...]


@dataclass(frozen=True)
class Line:
    """One row of a report: its names by column, and its figures."""

    names: dict[str, str]
    figures: Figures


def town(name: str, figures: Figures, column: str = "town") -> Line:
    names = {"district": name} if column == "district" else {"district": "姑苏区", "town": name}
    return Line(names, figures)


def total(label: str, figures: Figures, column: str) -> Line:
    names = {} if column == "district" else {"district": "姑苏区"}
    return Line(names | {column: label}, figures)


def added(rows: Sequence[Figures]) -> Figures:
    return tuple(sum(column) for column in zip(*rows, strict=True))


def write(path: Path, lines: Sequence[Line], columns: Sequence[str]) -> Path:
    """Write a report with these columns of names; a csv if the path says so."""
    heads = {"serial": "序号", "district": "地区", "town": "镇街", "note": "说明"}
    before = [column for column in columns if column != "note"]
    after = [column for column in columns if column == "note"]
    rows: list[list[Any]] = [[*(heads[c] for c in before), *HEADERS, *(heads[c] for c in after)]]
    rows += [
        [*(line.names.get(c) for c in before), *line.figures, *(line.names.get(c) for c in after)]
        for line in lines
    ]
    if path.suffix == ".csv":
        dated = [[*rows[0], "截至日期"], *([*row, "2022-10-31"] for row in rows[1:])]
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(dated)
        return path
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姑苏区月报表（截至2022年10月31日）"])
    for row in rows:
        sheet.append([float(cell) if isinstance(cell, Decimal) else cell for cell in row])
    book.save(path)
    return path


def arrived(settings: Settings, path: Path, kind: str) -> tuple[Arrival, Reading, Path]:
    """Read a file as October's delivery of 姑苏区, in this process."""
    sent = Arrival(
        1, OCTOBER, "gusu", kind, 1, path.name, "0", 1, (DeliveredFile(path.name, "0"),), ""
    )
    landing = place(settings.landing, sent, "")
    landing.parent.mkdir(parents=True, exist_ok=True)
    notes = place(settings.landing, sent, ".notes")
    reading = read_file(path, load_contracts()[kind], landing, notes)
    return sent, sort_out(sent, reading, landing), landing


def left(settings: Settings, path: Path) -> tuple[Figures, list[str]]:
    """Return the sums of the rows that are left when totals are out, and what is asked of them."""
    sent, reading, landing = arrived(settings, path, "monthly_report")
    problems = [problem.code for problem in row_problems(sent, reading, landing)]
    return sums_of(landing), problems


def sums_of(path: Path) -> Figures:
    rows = pq.read_table(path).to_pylist()
    return added([tuple(Decimal(row[name]) for name in MEASURES) for row in rows])


def judged(settings: Settings, path: Path, kind: str = "monthly_report") -> OwnJudgement:
    """Judge a file as a run and a check do."""
    sent, reading, landing = arrived(settings, path, kind)
    decisions = load_month_decisions(settings, OCTOBER, "gusu").of_kind(kind)
    own = judge_arrival(settings, sent, reading, landing, decisions)
    kept = own.stored.accepted_count + own.stored.quarantined_count
    assert reading.file_rows == reading.itemised_rows + kept
    return own


def counted(settings: Settings, own: OwnJudgement) -> Figures | None:
    """Return the sums of what was accepted; None if the delivery was refused."""
    if own.result.state == "refused":
        return None
    assert own.result.state == "accepted"
    return sums_of(settings.home / own.stored.files["accepted"].path)


def failed(own: OwnJudgement) -> set[str]:
    return {v.rule_id for v in own.result.verdicts if v.outcome == "fail"}
