"""However a program writes a sheet, it is read as the plain sheet of the same content is.

And what a person would see otherwise than it is stored is no number.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.builders import FLAT_HEADER, GUSU, rezip, table

from orchestration.ingest.reader.workbooks import prescan as prescan_module
from orchestration.ingest.reader.workbooks.number_formats import (
    other_number,
    parse_format,
    shown_date,
)
from orchestration.ingest.reader.workbooks.prescan import prescan
from orchestration.ingest.reader.workbooks.workbook import read_sheets

SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheets_of(path):
    return list(read_sheets(path, prescan(path)))


def odd(good: Path, part: str, old: str, new: str) -> Path:
    """Return a copy of a good workbook with a piece of one part replaced."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode())

    return rezip(good, good.with_name("odd.xlsx"), {part: change})


ODDITIES = {
    "white space in a value": ("<v>49683</v>", "<v>\n 49683\t</v>"),
    "CDATA in a value": ("<v>49683</v>", "<v><![CDATA[49683]]></v>"),
    "CDATA in half of a value": ("<v>49683</v>", "<v>49<![CDATA[683]]></v>"),
    "a reference in a value": ("<v>49683</v>", "<v>4&#57;683</v>"),
    "an exponent": ("<v>49683</v>", "<v>4.9683E4</v>"),
    "a comment between cells": ('<c r="B2">', '<!-- <c r="Z9"/> --><c r="B2">'),
    "an instruction between cells": ('<c r="B2">', '<?x y?><c r="B2">'),
    "a foreign cell": ('<c r="B2">', '<x:c xmlns:x="urn:x" r="B2"><x:v>1</x:v></x:c><c r="B2">'),
    "a lower-case reference": ('r="B2"', 'r="b2"'),
    "a cell without reference": ('<c r="B2">', "<c>"),
    "a row without number": ('<row r="2" spans="1:7">', "<row>"),
    "a row without number or place": ('<row r="2" spans="1:7"><c r="A2" ', "<row><c "),
    "single quotes": ('<c r="B2">', "<c r = 'B2'>"),
    "a type said in full": ('<c r="B2">', '<c t="n" r="B2">'),
    "a text of a formula": ('<c r="B2"><v>', '<c r="B2" t="str"><f>A1&amp;""</f><v>'),
    "an inline text": ('<c r="B2"><v>49683</v>', '<c r="B2" t="inlineStr"><is><t>49683</t></is>'),
    "an inline text in runs": (
        '<c r="B2"><v>49683</v>',
        '<c r="B2" t="inlineStr"><is><r><t>49</t></r><r><rPr><b/></rPr><t>683</t></r></is>',
    ),
    "an inline text with its sounds": (
        '<c r="B2"><v>49683</v>',
        '<c r="B2" t="inlineStr"><is><t>49683</t><rPh sb="0" eb="1"><t>1</t></rPh></is>',
    ),
    "an extension in a cell": (
        "<v>49683</v></c>",
        '<v>49683</v><extLst><ext xmlns:x="urn:x" uri="{1}"><x:v>1</x:v></ext></extLst></c>',
    ),
}


@pytest.mark.parametrize("small_bytes", [0, 1 << 30], ids=["large", "small"])
@pytest.mark.parametrize("name", ODDITIES)
def test_an_odd_sheet_is_read_as_the_plain_one(name, small_bytes, tmp_path, monkeypatch):
    monkeypatch.setattr(prescan_module, "SMALL_BYTES", small_bytes)
    good = table(tmp_path / "good.xlsx", [FLAT_HEADER, GUSU])
    [read], [plain] = sheets_of(odd(good, SHEET, *ODDITIES[name])), sheets_of(good)
    assert (read.columns, read.row_count) == (plain.columns, plain.row_count)
    assert read.unread_count == 0


@pytest.mark.parametrize(
    "value", ["49<!-- x -->683", "49<x/>683", "49<?x?>683", "<t>49683</t>", "49</v><v>683"]
)
@pytest.mark.parametrize("small_bytes", [0, 1 << 30], ids=["large", "small"])
def test_a_broken_value_is_refused(value, small_bytes, tmp_path, monkeypatch, read):
    monkeypatch.setattr(prescan_module, "SMALL_BYTES", small_bytes)
    good = table(tmp_path / "good.xlsx", [FLAT_HEADER, GUSU])
    result = read(odd(good, SHEET, "<v>49683</v>", f"<v>{value}</v>"))
    assert result.codes == ["unsafe_workbook"]


EXTENSION = '<extLst><ext><x:workbookPr xmlns:x="{uri}" {flag}/></ext></extLst>'


@pytest.mark.parametrize("small_bytes", [0, 1 << 30], ids=["large", "small"])
@pytest.mark.parametrize("is_epoch_1904", [False, True])
@pytest.mark.parametrize("flag", ["", 'date1904="1"', 'date1904="0"'])
@pytest.mark.parametrize("uri", ["urn:x", MAIN])
def test_properties_in_an_extension_do_not_set_the_epoch(
    uri, flag, is_epoch_1904, small_bytes, tmp_path, monkeypatch
):
    monkeypatch.setattr(prescan_module, "SMALL_BYTES", small_bytes)

    def day(book, sheet):
        sheet.write_number(2, 1, 40_000, book.add_format({"num_format": "yyyy-mm-dd"}))

    rows = [FLAT_HEADER, GUSU]
    good = table(tmp_path / "good.xlsx", rows, extra=day, date_1904=is_epoch_1904)
    extended = odd(good, BOOK, "</workbook>", EXTENSION.format(uri=uri, flag=flag) + "</workbook>")
    [sheet] = sheets_of(extended)
    expected = "2013-07-07" if is_epoch_1904 else "2009-07-06"
    assert sheet.columns[1][2].as_py() == f"{expected} 00:00:00"


CELLS = st.one_of(
    st.integers(-(10**12), 10**12),
    # of more than nine decimals the fast reader keeps nine
    st.decimals(-(10**5), 10**5, places=9).map(float),
    st.decimals(-(10**8), 10**8, places=2).map(float),
    st.booleans(),
    st.text(st.sampled_from("姑a 1\n<&\"'_x0041𠮷"), min_size=1, max_size=9),
    st.none(),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8), st.booleans())
def test_the_fast_and_the_exact_way_give_the_same_sheet(rows, is_inline):
    def write(book, sheet):
        day = book.add_format({"num_format": "yyyy/m/d h:mm:ss"})
        chinese_day, percent = (book.add_format({"num_format": n}) for n in (31, 9))
        struck = book.add_format({"font_strikeout": True})
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
            sheet.write_number(number, 7, 40_000.25 + number, day)
            sheet.write_number(number, 8, 40_000 + number, chinese_day)
            sheet.write_number(number, 9, number / 4, percent)
            sheet.write_formula(number, 10, "=1+1", None, 2)
            sheet.write_formula(number, 11, '="a"', None, "a")
            sheet.write_string(number, 12, "b", struck if number % 2 else None)

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        options = {"constant_memory": is_inline, "strings_to_formulas": False}
        path = table(Path(folder) / "a.xlsx", [], extra=write, strings_to_urls=False, **options)
        read = []
        for small_bytes in (0, 1 << 30):
            patch.setattr(prescan_module, "SMALL_BYTES", small_bytes)
            facts = prescan(path)
            assert bool(facts.contents) == bool(small_bytes)
            read += read_sheets(path, facts)
    fast, exact = read
    assert {c: v.to_pylist() for c, v in fast.columns.items()} == {
        c: v.to_pylist() for c, v in exact.columns.items()
    }
    assert (fast.row_count, fast.facts) == (exact.row_count, exact.facts)


def test_dates_among_numbers_are_read_the_exact_way(tmp_path, monkeypatch):
    """Calamine gives both as numbers, and a count that shows a date is none."""
    monkeypatch.setattr(prescan_module, "SMALL_BYTES", 0)

    def day(book, sheet):
        sheet.write_number(2, 1, 40_000, book.add_format({"num_format": 31}))

    path = table(tmp_path / "a.xlsx", [FLAT_HEADER, GUSU], extra=day)
    facts = prescan(path)
    assert facts.contents
    [sheet] = read_sheets(path, facts)
    assert sheet.columns[1].to_pylist()[1:] == ["49683", "2009-07-06 00:00:00"]


@pytest.mark.parametrize(
    ("code", "value", "is_other"),
    [
        *((code, 30, False) for code in ("General", "@", "0", "#,##0", "0.00", '#,##0"起"', "")),
        *((code, 30, False) for code in ("0.00E+00", "# ?/?", "[Red]0", "#,##0_);(#,##0)", "000")),
        *((code, 30, False) for code in ('"约"0', "[$¥-804]#,##0", "[DBNum1]General")),
        ('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', 30, False),
        ('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', 0, False),
        ("0;-0;;@", 0, False),
        *((code, 30, True) for code in ("0%", "0.00%", ";;;", "0,", '#,##0.00,,"万"', '"1"0')),
        *((code, 30, True) for code in ('0!.0,"万"', "0\\.00", '0"0"', "-0", '"31"', "0*0")),
        ('[=30]"31";0', 30, True),
        ('[=30]"31";0', 29, False),
        ("0;0", -30, True),
        ("0.00;[Red]0.00", -30, True),
    ],
)
def test_a_format_shows_the_stored_number_or_is_told(code, value, is_other):
    assert (other_number(value, parse_format(code)) is not None) == is_other


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("yyyy/m/d", "2022年10月31日"),
        ("yyyy/m/d h:mm:ss", "2022年10月31日"),
        ('[DBNum1][$-804]yyyy"年"m"月"d"日";@', "2022年10月31日"),
        ('[DBNum1][$-804]yyyy"年"m"月"', "2022年10月"),
        ("mmm-yy", "2022年10月"),
        ("d-mmm", "10月31日"),
        ("h:mm", None),
        ("dddd", None),
        ("[h]:mm:ss", None),
    ],
)
def test_a_date_is_shown_with_the_parts_of_its_format(code, shown):
    assert shown_date(datetime.date(2022, 10, 31), parse_format(code)) == shown


@pytest.mark.parametrize("small_bytes", [0, 1 << 30], ids=["large", "small"])
@pytest.mark.parametrize(
    ("style", "words"),
    [
        ({"num_format": "0%"}, "显示为 4968300%"),
        ({"num_format": ";;;"}, "不显示任何内容"),
        ({"num_format": '#,##0,,"万"'}, "分之一"),
        ({"num_format": '0"万"'}, "万"),
        ({"num_format": "yyyy/m/d"}, "日期格式"),
        ({"num_format": 31}, "日期格式"),
        ({"font_strikeout": True}, "〔删除线：49683〕"),
        ({"font_script": 1}, "〔上标：49683〕"),
        ({"font_script": 2}, "〔下标：49683〕"),
    ],
)
def test_a_count_that_its_cell_shows_otherwise_is_told_and_no_number(
    style, words, small_bytes, tmp_path, monkeypatch, read
):
    monkeypatch.setattr(prescan_module, "SMALL_BYTES", small_bytes)

    def count(book, sheet):
        sheet.write_number(1, 1, 49683, book.add_format(style))

    result = read(table(tmp_path / "a.xlsx", [FLAT_HEADER, GUSU], extra=count))
    [problem] = [p for p in result.reading.problems if p.code == "not_as_shown"]
    assert words in problem.message
    assert problem.cell == "B2"
    assert not result.rows[0]["surveyed_building_count"].isdecimal()


def test_a_count_under_a_merge_is_told_and_no_number(tmp_path, read):
    def merge(book, sheet):
        sheet.merge_range(1, 1, 2, 1, "")
        sheet.write_number(1, 1, 49683)
        sheet.write_number(2, 1, 7)

    rows = [FLAT_HEADER, GUSU, ("姑苏区", None, *GUSU[2:])]
    result = read(table(tmp_path / "a.xlsx", rows, extra=merge))
    [problem] = [p for p in result.reading.problems if p.code == "not_as_shown"]
    assert (problem.cell, [row["surveyed_building_count"] for row in result.rows]) == (
        "B3",
        ["49683", "〔被合并单元格盖住：7〕"],
    )


def test_a_superscript_in_a_header_or_a_footer_is_only_text(tmp_path, read):
    def rich(book, sheet):
        small = book.add_format({"font_script": 1})
        sheet.write_rich_string(2, 0, "注：面积 m", small, "2")

    result = read(table(tmp_path / "a.xlsx", [FLAT_HEADER, GUSU], extra=rich))
    assert result.codes == []
    assert result.reading.itemised[-1].text == "注：面积 m2"


def test_an_excel_tables_total_row_is_known(tmp_path):
    def total(book, sheet):
        columns = [{"header": name} for name in FLAT_HEADER]
        sheet.add_table(0, 0, 2, 6, {"columns": columns, "total_row": True})

    [sheet] = sheets_of(table(tmp_path / "a.xlsx", [FLAT_HEADER, GUSU], extra=total))
    assert sheet.facts.table_total_rows == [3]
