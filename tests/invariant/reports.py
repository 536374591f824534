"""Monthly reports as people write them, from figures that are known: what varies, and if it may.

Every choice is marked as clear (a careful person would count these figures) or doubtful (she would
ask). Written with XlsxWriter, which shares no code with the platform's reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import xlsxwriter
from deliver import MEASURES
from hypothesis import strategies as st
from ingest.builders import FLAT_HEADER

TOWNS = ("平江街道", "金阊街道", "沧浪街道", "双塔街道", "虎丘街道", "苏锦街道", "吴门桥街道")
LABELS = (
    "合计",
    "合 计",
    "合计数",
    "总计",
    "小计",
    "全区",
    "全区合计",
    "汇总",
    "累计",
    "总数",
    "合计(1+2+3)",
    "Total",
    "区直属",
    "姑苏区",
    "平均",
    "其中：",
    "本级",
    "",
)
HEADERS = FLAT_HEADER[1:]
#: Ways to state October 2022, and ways to state another month.
OCTOBER = (
    "截至2022年10月31日",
    "2022年10月",
    "二〇二二年十月",
    "二○二二年十月三十一日",
    "2022年度10月",
    "2022年第10月",
    "截至2022年10月31日24:00",
    "２０２２年１０月",
    "2022.10",
    "2022-10-31",
)
OTHERS = (
    "截至2022年9月30日",
    "2022年9月",
    "二〇二二年九月",
    "2022年第9月",
    "2021年10月",
    "2022年11月",
)
#: Dates that say when a sheet was filled in, whatever they are.
FILLED_IN = ("填报日期：2022年11月3日", "审核人：乙 2022年11月2日", "打印时间：2022-11-01")
CUMULATIVE = ("2022年1—10月", "2022年1-10月", "2022年1至10月", "2022年前三季度")
SPELLINGS = ("number", "text", "thousands", "full_width", "spaced")
ODD_SPELLINGS = (
    "superscript",
    "struck_out",
    "squared",
    "circled",
    "subscript",
    "arabic",
    "unit",
    "about",
    "scaled",
    "percent",
    "hidden",
    "struck_cell",
)
SLIPS = (Decimal(10000), Decimal("0.0001"), Decimal(10), Decimal("0.1"))
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")

Figures = tuple[Decimal, ...]


@dataclass(frozen=True)
class Report:
    """What a file says, and how. ``odd`` are cells (town, measure) written in a doubtful way."""

    towns: tuple[tuple[str, Figures], ...]
    places: str
    total_at: int | None
    label: str
    label_in: str
    stated: str
    stated_in: str
    filled_in: str | None
    spelling: str
    odd: tuple[int, int, str] | None
    slip: Decimal | None
    extras: tuple[str, ...]

    @property
    def truth(self) -> dict[str, Decimal]:
        """The district's figures: the sums of its towns."""
        sums = [sum(column, Decimal(0)) for column in zip(*(f for _, f in self.towns), strict=True)]
        return dict(zip(MEASURES, sums, strict=True))

    @property
    def is_clear(self) -> bool:
        """Whether a careful person would count the figures as they stand."""
        return (
            not coincide([figures for _, figures in self.towns])
            and self.stated in OCTOBER
            and self.odd is None
            and self.slip is None
            and (self.total_at is None or self.label in LABELS[:4])
        )


def coincide(rows: Sequence[tuple[Any, ...]]) -> bool:
    """Whether a row happens to be another, or the sum of others, so that it may be a total."""
    known = set(rows)
    return len(known) < len(rows) or any(
        tuple(map(sum, zip(*chosen, strict=True))) in known
        for size in range(2, len(rows))
        for chosen in combinations(rows, size)
    )


@st.composite
def _figures(draw: st.DrawFn) -> Figures:
    count = draw(st.integers(3_000, 12_000))
    mean = draw(st.integers(1_200, 1_900))
    flows = [Decimal(draw(st.integers(0, 9))) for _ in range(4)]
    return (Decimal(count), (Decimal(count * mean) / 10_000).quantize(Decimal("0.01")), *flows)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Draw a report in which up to two things are doubtful, the rest are as people write them."""
    names = draw(st.lists(st.sampled_from(TOWNS), min_size=2, max_size=5, unique=True))
    doubts = draw(st.lists(st.sampled_from(("label", "month", "odd", "slip")), max_size=2))
    places = draw(st.sampled_from(("own_column", "in_district")))
    return Report(
        towns=tuple((name, draw(_figures())) for name in names),
        places=places,
        total_at=draw(st.sampled_from((None, 0, len(names) // 2, len(names)))),
        label=draw(st.sampled_from(LABELS if "label" in doubts else LABELS[:4])),
        label_in=draw(
            st.sampled_from(("district", "town") if places == "own_column" else ("district",))
        ),
        stated=draw(st.sampled_from(OTHERS + CUMULATIVE if "month" in doubts else OCTOBER)),
        stated_in=draw(st.sampled_from(("title", "neighbour", "footer", "sheet"))),
        filled_in=draw(st.sampled_from((None, *FILLED_IN))),
        spelling=draw(st.sampled_from(SPELLINGS)),
        odd=(
            draw(st.integers(0, len(names) - 1)),
            draw(st.sampled_from((0, 2, 4))),
            draw(st.sampled_from(ODD_SPELLINGS)),
        )
        if "odd" in doubts
        else None,
        slip=draw(st.sampled_from(SLIPS)) if "slip" in doubts else None,
        extras=tuple(
            draw(
                st.lists(st.sampled_from(("numbers", "empty_below", "note", "blank")), unique=True)
            )
        ),
    )


def write(report: Report, path: Path) -> Path:
    """Write the report as a workbook."""
    name = report.stated if report.stated_in == "sheet" else "月报表"
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(name.replace(":", "时")[:31])
        sheet.write_string(0, 0, "姑苏区既有建筑安全隐患排查整治月报表")
        if report.stated_in == "title":
            sheet.write_string(1, 0, report.stated)
        elif report.stated_in == "neighbour":
            sheet.write_string(1, 0, "统计时间")
            sheet.write_string(1, 1, report.stated)
        row = _body(book, sheet, report, 2)
        if report.stated_in == "footer":
            sheet.write_string(row, 0, f"统计期：{report.stated.removeprefix('截至')}")
            row += 1
        if report.filled_in:
            sheet.write_string(row, 0, report.filled_in)
    return path


def _body(book: Any, sheet: Any, report: Report, row: int) -> int:
    own = report.places == "own_column"
    headers = ("地区", "镇街", *HEADERS) if own else ("地区", *HEADERS)
    for column, text in enumerate(headers):
        sheet.write_string(row, column, text)
    row += 1
    if "numbers" in report.extras:
        for column in range(len(headers)):
            sheet.write_number(row, column, column + 1)
        row += 1
    lines: list[tuple[int | None, str, Figures]] = [
        (number, name, figures) for number, (name, figures) in enumerate(report.towns)
    ]
    if report.total_at is not None:
        lines.insert(report.total_at, (None, report.label, tuple(report.truth.values())))
    for number, (town, name, figures) in enumerate(lines):
        _line(book, sheet, report, row, town, name, figures)
        row += 1
        if "blank" in report.extras and number == 0:
            row += 1
    if "empty_below" in report.extras:
        sheet.write_string(row, 0, "以下空白")
        row += 1
    if "note" in report.extras:
        sheet.write_string(row, 0, "注：与2022年9月相比，本月排查进度加快。")
        row += 1
    return row


def _line(
    book: Any, sheet: Any, report: Report, row: int, town: int | None, name: str, figures: Figures
) -> None:
    if report.places == "own_column":
        is_district_label = town is None and report.label_in == "district"
        cells = (name, "") if is_district_label else ("姑苏区", name)
    else:
        cells = (name,)
    for column, text in enumerate(cells):
        if text:
            sheet.write_string(row, column, text)
    for measure, value in enumerate(figures):
        if report.slip is not None and measure == 1:
            value *= report.slip
        spelling = report.spelling
        if report.odd is not None and report.odd[:2] == (town, measure):
            spelling = report.odd[2]
        _cell(book, sheet, row, len(cells) + measure, value, spelling)


def _cell(book: Any, sheet: Any, row: int, column: int, value: Decimal, spelling: str) -> None:
    text = f"{value:f}"
    formats: dict[str, dict[str, object]] = {
        "scaled": {"num_format": '#,##0.00,,"万"'},
        "percent": {"num_format": "0%"},
        "hidden": {"num_format": ";;;"},
        "struck_cell": {"font_strikeout": True},
    }
    texts = {
        "text": text,
        "thousands": f"{value:,f}",
        "full_width": text.translate(_WIDE),
        "spaced": f" {text}　",
        "squared": f"{text}²",
        "circled": f"{text}①",
        "subscript": f"{text}₁",
        "arabic": text.translate(_ARABIC),
        "unit": f"{text}起",
        "about": f"约{text}",
    }
    if spelling in texts:
        sheet.write_string(row, column, texts[spelling])
    elif spelling in formats:
        sheet.write_number(row, column, float(value), book.add_format(formats[spelling]))
    elif spelling in ("superscript", "struck_out"):
        look = {"font_script": 1} if spelling == "superscript" else {"font_strikeout": True}
        form = book.add_format(look)
        parts: Sequence[object] = (
            (text, form, "1") if spelling == "superscript" else (form, "28", text)
        )
        sheet.write_rich_string(row, column, *parts)
    else:
        sheet.write_number(row, column, float(value))
