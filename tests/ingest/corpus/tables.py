"""Tables as people write them: titles, units, totals, blanks, spellings."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ingest.builders import FLAT_HEADER, GUSU, Extra, report, rezip, table
from ingest.corpus.case import Case, Make, refused

_SHEET = "xl/worksheets/sheet1.xml"
_COUNT = {"row_number": 2, "surveyed_building_count": "49683"}


def _table(*rows: Sequence[Any], extra: Extra | None = None) -> Make:
    return lambda path: _made(table(path, rows, extra=extra))


def _cells(**changes: Any) -> Make:
    """The published row with some columns (by letter) changed."""
    row = [changes.get(letter, value) for letter, value in zip("ABCDEFG", GUSU, strict=True)]
    return _table(FLAT_HEADER, row)


def _edited(change: Callable[[bytes], bytes]) -> Make:
    """The published row in a workbook whose sheet was changed byte by byte."""

    def make(path: Path) -> None:
        good = table(path.with_suffix(".good"), [FLAT_HEADER, GUSU])
        rezip(good, path, {_SHEET: change})

    return make


def _made(path: Path) -> None:
    assert path.stat().st_size > 0


def _header(**changes: str) -> list[str]:
    return [changes.get(letter, name) for letter, name in zip("ABCDEFG", FLAT_HEADER, strict=True)]


def _hide_row(book: Any, sheet: Any) -> None:
    sheet.set_row(1, None, None, {"hidden": True})


def _hidden_last_month(book: Any, sheet: Any) -> None:
    other = book.add_worksheet("9月")
    other.write_row(0, 0, FLAT_HEADER)
    other.write_row(1, 0, GUSU)
    other.very_hidden()


def _picture(path: Path) -> None:
    """A report of sixty megabytes, all but a few of them a photograph of the signed paper."""
    photograph = random.Random(1).randbytes(60 << 20)
    good = table(path.with_suffix(".good"), [FLAT_HEADER, GUSU])
    rezip(good, path, {}, xl__media__image1_jpeg=photograph)


def _strict(path: Path) -> None:
    """What Excel saves as “Strict Open XML”: other namespaces for everything."""
    old, new = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    good = table(path.with_suffix(".good"), [FLAT_HEADER, GUSU])
    names = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", _SHEET, "xl/sharedStrings.xml")
    strict = {name: lambda content: content.replace(old, new) for name in names}
    rezip(good, path, strict)


def _blank_at_the_end(book: Any, sheet: Any) -> None:
    sheet.write_string(1_048_575, 0, " ")


CASES: dict[str, Case] = {
    "three title rows and a line of units": Case(
        _table(
            ["苏州市房屋使用安全"],
            ["姑苏区月报表"],
            ["2022年10月"],
            ["单位：幢、万平方米、起"],
            FLAT_HEADER,
            GUSU,
        ),
        rows=({"row_number": 6, "district": "姑苏区"},),
        roles={1: "title", 2: "title", 3: "title", 4: "title", 5: "header"},
    ),
    "merged two-row header": Case(
        lambda path: _made(report(path)),
        rows=({"row_number": 4, "suspected_patrol_count": "8"},),
        roles={1: "title", 2: "header", 3: "header", 5: "footer"},
    ),
    "合计 in the first row": Case(
        _table(FLAT_HEADER, ["合计", *GUSU[1:]], GUSU),
        rows=({"row_number": 3},),
        roles={1: "header", 2: "total"},
    ),
    "合　计 with an ideographic space": Case(
        _table(FLAT_HEADER, GUSU, ["合　计", *GUSU[1:]]), rows=(_COUNT,), roles={3: "total"}
    ),
    "小计 of a street": Case(
        _table(["镇街", *FLAT_HEADER], ["平江街道", *GUSU], ["平江街道小计", None, *GUSU[1:]]),
        rows=({"town": "平江街道"},),
        roles={3: "total"},
    ),
    "rows of signatures": Case(
        _table(FLAT_HEADER, GUSU, ["填报人：张三"], ["审核人：李四"], ["日期：2022年11月2日"]),
        rows=(_COUNT,),
        roles={3: "footer", 4: "footer", 5: "footer"},
    ),
    "a paragraph of remarks": Case(
        _table(FLAT_HEADER, GUSU, ["备注："], ["本月新增排查3幢，均为农村住宅。"]),
        rows=(_COUNT,),
        roles={3: "footer", 4: "footer"},
    ),
    "full-width digits": Case(_cells(B="４９６８３"), rows=(_COUNT,), notes={"B2": "full_width"}),
    "thousands separators": Case(
        _cells(B="49,683"), rows=(_COUNT,), notes={"B2": "thousands_separator"}
    ),
    "ten thousands in words": Case(
        _cells(C="0.77亿"), rows=({"surveyed_floor_area_10k_m2": "0.77亿"},)
    ),
    "a dash and a slash are no zero": Case(
        _cells(D="—", E="/"),
        rows=({"suspected_complaint_count": None, "suspected_patrol_count": None},),
        notes={"D2": "placeholder", "E2": "placeholder"},
    ),
    "blank, zero and 零报告 are three things": Case(
        _cells(D=None, E=0, F="零报告"),
        rows=(
            {
                "suspected_complaint_count": None,
                "suspected_patrol_count": "0",
                "verified_count": "零报告",
            },
        ),
    ),
    "an area in square metres": refused(
        _table(_header(C="已排查面积(㎡)"), GUSU), "unit_conflict", "平方米", "C1"
    ),
    "an area in hectares": refused(
        _table(_header(C="已排查面积（公顷）"), GUSU), "unit_conflict", "公顷", "C1"
    ),
    "a share as text": Case(_cells(G="82.68%"), rows=({"completed_count": "82.68%"},)),
    "the month as a number": Case(
        _table([*FLAT_HEADER, "截至日期"], [*GUSU, 2022.1]), rows=({"as_at": "2022.1"},)
    ),
    "a day as a serial": Case(
        _table([*FLAT_HEADER, "截至日期"], [*GUSU, 44865]),
        rows=({"as_at": "2022-10-31"},),
        notes={"H2": "excel_serial"},
    ),
    "a day in Chinese": Case(
        _table([*FLAT_HEADER, "截至日期"], [*GUSU, "2022年10月31日"]),
        rows=({"as_at": "2022-10-31"},),
        notes={"H2": "date_spelling"},
    ),
    "a hidden row": Case(
        _table(
            FLAT_HEADER, GUSU, extra=lambda book, sheet: sheet.set_row(1, None, None, {"hidden": 1})
        ),
        ("hidden_rows",),
        "第 2 行",
        2,
        rows=(_COUNT,),
    ),
    "last month on a hidden sheet": Case(
        _table(FLAT_HEADER, GUSU, extra=_hidden_last_month),
        ("hidden_sheet",),
        "“9月”",
        rows=(_COUNT,),
    ),
    "a formula that lost its cell": Case(
        _edited(lambda x: x.replace(b'<c r="B2"><v>49683</v>', b'<c r="B2" t="e"><v>#REF!</v>')),
        ("error_cell",),
        "#",
        "B2",
        rows=({"surveyed_building_count": None},),
    ),
    "WPS says that the sheet is one cell": Case(
        _edited(lambda x: x.replace(b'ref="A1:G2"', b'ref="A1:A1"')), rows=(_COUNT,)
    ),
    "strict Open XML": Case(_strict, rows=(_COUNT,)),
    "a photograph of sixty megabytes": Case(_picture, rows=(_COUNT,)),
    "the same row twice": Case(_table(FLAT_HEADER, GUSU, GUSU), rows=(_COUNT, {"row_number": 3})),
    "one merge over the rest of the sheet": Case(
        _edited(
            lambda x: x.replace(
                b"</worksheet>",
                b'<mergeCells><mergeCell ref="A5:XFD1048576"/></mergeCells></worksheet>',
            )
        ),
        rows=(_COUNT,),
    ),
    "a space in the last row of the sheet": Case(
        _table(FLAT_HEADER, GUSU, extra=_blank_at_the_end), rows=(_COUNT,), roles={3: "blank"}
    ),
    "control characters": Case(
        _table([*FLAT_HEADER, "镇街"], [*GUSU, "平江\x07街\u200b道"]),
        rows=({"town": "平江街道"},),
        notes={"H2": "control_character"},
    ),
    "one column more": refused(
        _table([*FLAT_HEADER, "备用"], GUSU), "unknown_column", "“备用”不在", "H1"
    ),
    "one column less": refused(
        _table(FLAT_HEADER[:-1], GUSU[:-1]), "missing_column", "缺少列“处理完成"
    ),
    "a column twice": refused(
        _table([*FLAT_HEADER, "投诉"], [*GUSU, 1]), "duplicate_column", "D1 的“投诉举报”", "H1"
    ),
    "complaints and patrols swapped": Case(
        _table(_header(D="巡查发现", E="投诉举报"), (*GUSU[:3], 8, 28, *GUSU[5:])),
        rows=({"suspected_complaint_count": "28", "suspected_patrol_count": "8"},),
    ),
    "another table": refused(_table(["随便", "什么"], [1, 2]), "no_header", "没有找到月报表的表头"),
    "a header and nothing else": refused(_table(FLAT_HEADER), "no_rows", "没有数据行"),
}
