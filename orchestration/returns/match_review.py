"""The workbook of the review queue: writing it for clerks, and reading their answers.

Its columns are in the contract ``match_review.yml``; it is read in a child process, as safely as
a delivery. ``matching.review`` finds the open pairs, ``store.match_decisions`` keeps the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from orchestration.formats.plain_text import printable_text
from orchestration.formats.xlsx import Sheet, new_workbook
from orchestration.ingest.reader_pool import read_delivery
from orchestration.ingest.reading import Reading
from orchestration.matching.review import OpenPair, shown
from orchestration.reference.contracts import STAMP_PROPERTY, Contract, load_contract
from orchestration.reference.districts import district_in
from orchestration.reference.months import Month
from orchestration.reference.vocabulary import DEMONSTRATION
from orchestration.store.files import replacing, scratch_folder
from orchestration.store.match_decisions import DIFFERENT, SAME, UNCLEAR, MatchDecision

VERDICTS = {"相同": SAME, "不同": DIFFERENT, "不清楚": UNCLEAR}
_WIDTHS = (11, 24, 24, 11, 40, 40, 40, 40, 8, 24, 11, 11, 13, 24)
_ANSWERS = ("verdict", "reviewer", "reviewed_on", "note")
_INSTRUCTION = (
    "请在黄色各格填写：复核结论从下拉列表选择（相同、不同、不清楚），并填复核人和复核日期"
    "（如 2022-11-03）。未复核的行留空。其他各格已锁定，请勿改动。"
)


@dataclass(frozen=True)
class ReviewFinding:
    """What is wrong with a cell of the workbook, and how to correct it."""

    sheet: str
    cell: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Answer:
    """An answered row: its number, the month of its pair, and the decision."""

    row_number: int
    month: Month
    decision: MatchDecision


@dataclass(frozen=True)
class Filled:
    """The content of a filled-in workbook; ``unanswered_count`` rows were left blank."""

    sheet: str
    answers: list[Answer]
    unanswered_count: int
    findings: list[ReviewFinding]
    columns: dict[str, str]

    def finding(self, row_number: int, field: str, message: str, remedy: str) -> ReviewFinding:
        """Return a finding on a field of a row."""
        return ReviewFinding(self.sheet, f"{self.columns[field]}{row_number}", message, remedy)


@cache
def review_contract() -> Contract:
    """Return the workbook's contract."""
    return load_contract(Path(__file__).with_name("match_review.yml"))


def write_review(path: Path, month: Month, pairs: list[OpenPair], *, is_simulated: bool) -> None:
    """Write the workbook of a month's open pairs to ``path`` atomically."""
    contract = review_contract()
    title = f"{month.chinese}{contract.title}" + (f"（{DEMONSTRATION}）" if is_simulated else "")
    with replacing(path) as temporary, new_workbook(temporary, title) as (book, styles):
        book.set_custom_property(STAMP_PROPERTY, contract.stamp)
        sheet = Sheet(book, contract.title, _WIDTHS)
        sheet.line(title, styles.title, 30)
        sheet.line(_INSTRUCTION, styles.plain, 20)
        sheet.header([column.header for column in contract.columns], styles)
        sheet.keep_in_sight(len(pairs))
        if pairs:
            sheet.offer(contract.fields.index("verdict"), len(pairs), list(VERDICTS))
        answers = {contract.fields.index(field): styles.answer for field in _ANSWERS}
        for pair in pairs:
            cells = [
                str(month),
                pair.building_code,
                pair.doorplate_code,
                district_in(pair.district_id, month).district_name,
                shown(pair.code_address),
                shown(pair.plate_address),
                pair.code_elements,
                pair.plate_elements,
                f"{pair.score:.4f}",
                pair.reason,
            ]
            blank = [""] * len(_ANSWERS)
            sheet.row([*map(printable_text, cells), *blank], styles, answers)
        sheet.protect()


def read_review(path: Path, scratch: Path) -> Filled:
    """Read a filled-in workbook: the valid answers, and findings on the others.

    Raises FileNotFoundError if there is no such file.
    """
    with scratch_folder(scratch, "review") as folder:
        landing = folder / "landing.parquet"
        reading = read_delivery(path, review_contract(), landing, folder / "notes.parquet")
        rows = pq.read_table(landing).to_pylist()
    filled = Filled(
        reading.sheet or path.name, [], 0, _reader_findings(reading, path), reading.columns
    )
    answered = [row for row in rows if any(row[field] for field in _ANSWERS)]
    answers = []
    for row in answered:
        findings = list(_malformed(row, filled))
        filled.findings.extend(findings)
        if not findings:
            answers.append(_answer(row))
    return Filled(filled.sheet, answers, len(rows) - len(answered), filled.findings, filled.columns)


def _reader_findings(reading: Reading, path: Path) -> list[ReviewFinding]:
    return [
        ReviewFinding(
            problem.sheet or path.name,
            problem.cell or (f"第{problem.row}行" if problem.row else ""),
            problem.message,
            problem.remedy,
        )
        for problem in reading.problems
    ]


def _malformed(row: dict[str, str | None], filled: Filled) -> list[ReviewFinding]:
    number = int(row["row_number"] or 0)
    wrong = []
    for field in ("building_code", "doorplate_code"):
        if not row[field]:
            wrong.append((field, "编码或门牌编码空白，不知道是哪一对", "请用导出的复核表填写"))
    if not _month(row["month"]):
        wrong.append(("month", "统计月份空白或不是月份", "请恢复导出时的统计月份，如 2022-10"))
    if row["verdict"] not in VERDICTS:
        wrong.append(("verdict", "复核结论不是相同、不同、不清楚", "请从下拉列表选择"))
    if not row["reviewer"]:
        wrong.append(("reviewer", "有复核结论，没有复核人", "请填写复核人"))
    if not _day(row["reviewed_on"]):
        wrong.append(("reviewed_on", "复核日期空白或不是日期", "请填写日期，如 2022-11-03"))
    return [filled.finding(number, *finding) for finding in wrong]


def _answer(row: dict[str, str | None]) -> Answer:
    month, day = _month(row["month"]), _day(row["reviewed_on"])
    assert month is not None
    assert day is not None
    decision = MatchDecision(
        str(row["building_code"]),
        str(row["doorplate_code"]),
        VERDICTS[str(row["verdict"])],
        str(row["reviewer"]),
        day.isoformat(),
        row["note"],
    )
    return Answer(int(row["row_number"] or 0), month, decision)


def _month(text: str | None) -> Month | None:
    try:
        return Month.parse(text or "")
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").removesuffix(" 00:00:00"))
    except ValueError:
        return None
