from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.builders import FLAT_HEADER, GUSU, report, rezip, table

from orchestration.ingest.reader.sheet import SheetFacts
from orchestration.ingest.reader.sniff import sniff
from orchestration.ingest.reader.workbooks.plain_rows import without_plain_rows
from orchestration.ingest.reader.workbooks.prescan import prescan
from orchestration.ingest.reader.workbooks.sheet_xml import scan_sheet
from orchestration.ingest.reading import Refusal

SHEET = "xl/worksheets/sheet1.xml"


def look(path):
    return prescan(path) if sniff(path) == "workbook" else None


def refusal(path):
    with pytest.raises(Refusal) as caught:
        look(path)
    (problem,) = caught.value.problems
    return problem


def sheet_of(cells: str, prefix: str = "") -> bytes:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xmlns = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    return (
        f'<{prefix}worksheet {xmlns}="{namespace}"><{prefix}sheetData>{cells}'
        f"</{prefix}sheetData></{prefix}worksheet>"
    ).encode()


@pytest.fixture
def good(tmp_path):
    return report(tmp_path / "good.xlsx")


def with_sheet(good, tmp_path, content: bytes):
    return rezip(good, tmp_path / "bad.xlsx", {SHEET: lambda _: content})


def test_good_report_passes_with_its_facts(good):
    facts = prescan(good)
    assert (facts.file_format, facts.is_epoch_1904) == ("xlsx", False)
    sheet = facts.sheets["月报表"]
    assert (sheet.last_row, sheet.last_column) == (5, 7)
    assert len(sheet.merges) == 7


def test_facts_survive_prefixes_quotes_and_order_of_attributes(good, tmp_path):
    cells = (
        "<x:row hidden='1' r='2'><x:c s='1' r='B2' t='e'><x:v>#N/A</x:v></x:c>"
        "<x:c r='C2'><x:f>1+1</x:f></x:c><x:c t='str' r='D2'><x:f>A1</x:f><x:v></x:v></x:c>"
        "<x:c r='E2'><x:f>1</x:f><x:v>1</x:v></x:c><x:c r='F2'><x:v>12345678901234567</x:v></x:c>"
        "</x:row>"
    )
    facts = prescan(with_sheet(good, tmp_path, sheet_of(cells, "x:"))).sheets["月报表"]
    assert facts.hidden_rows == [2]
    assert facts.error_cells == [(2, 1)]
    assert facts.bare_formulas == [(2, 2)]
    assert facts.long_numbers == [(2, 5)]


MANY_DIGITS = "9" * 5_000
LIKE_EXCEL = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize("before", ["", LIKE_EXCEL * 5_000])
@pytest.mark.parametrize(
    "row", [f'<row r="{MANY_DIGITS}"><c r="A2"/></row>', f'<row hidden="1" r="{MANY_DIGITS}"/>']
)
def test_a_row_number_that_python_does_not_read_is_refused(good, tmp_path, before, row):
    problem = refusal(with_sheet(good, tmp_path, sheet_of(before + row)))
    assert (problem.code, problem.sheet) == ("unsafe_workbook", "月报表")
    assert "坐标超出 Excel 的范围" in problem.message


def test_a_hidden_column_that_python_does_not_read_is_none(good, tmp_path):
    column = f'<cols><col min="{MANY_DIGITS}" max="{MANY_DIGITS}" hidden="1"/></cols>'
    content = sheet_of(LIKE_EXCEL).replace(b"<sheetData>", f"{column}<sheetData>".encode())
    facts = prescan(with_sheet(good, tmp_path, content)).sheets["月报表"]
    assert facts.hidden_columns == []


def test_a_count_of_strings_that_python_does_not_read_is_refused(good, tmp_path):
    many = f'uniqueCount="{MANY_DIGITS}'.encode()
    path = rezip(
        good,
        tmp_path / "bad.xlsx",
        {"xl/sharedStrings.xml": lambda text: text.replace(b'uniqueCount="', many)},
    )
    assert refusal(path).code == "unsafe_workbook"


def test_facts_do_not_depend_on_where_the_stream_is_cut(tmp_path, monkeypatch):
    rows = [FLAT_HEADER, *[GUSU] * 50]

    def merge(book, sheet):
        sheet.merge_range(10, 0, 12, 0, "姑苏区")
        sheet.set_row(20, None, None, {"hidden": True})

    path = table(tmp_path / "a.xlsx", rows, extra=merge)
    whole = prescan(path)
    monkeypatch.setattr("orchestration.ingest.reader.workbooks.sheet_xml._CHUNK_BYTES", 7)
    assert prescan(path) == whole


CELLS = st.sampled_from(
    [
        '<c r="A{n}"><v>1</v></c>',
        '<c r="B{n}" s="3"/>',
        '<c r="C{n}" t="s"><v>0</v></c>',
        '<c r="D{n}" t="inlineStr"><is><t>x</t></is></c>',
        '<c r="E{n}" t="e"><v>#N/A</v></c>',
        '<c r="E{n}"><f>1+1</f></c>',
        '<c r="E{n}"><f>1+1</f><v>2</v></c>',
        '<c r="E{n}"><v>12345678901234567</v></c>',
        '<c r="E{n}"><v>1.2345E+17</v></c>',
        '<c r="AB{n}"><v>1.5E-3</v></c>',
        "<c r='G{n}' s='1' t='e'/>",
    ]
)
ROWS = st.sampled_from(
    ['<row r="{n}">', '<row r="{n}" spans="1:9" ht="14.5">', '<row hidden="1" r="{n}">', "<row>"]
)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(ROWS, st.lists(CELLS, max_size=4)), max_size=6))
def test_no_fact_hides_in_a_row_that_is_passed_over(rows):
    """The same sheet in one block, where no row is passed over, and row by row."""
    texts = (f"{row}{''.join(cells)}</row>".format(n=n) for n, (row, cells) in enumerate(rows, 1))
    sheet = sheet_of("\n".join(texts))
    whole = scan_sheet(io.BytesIO(sheet), "x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestration.ingest.reader.workbooks.sheet_xml._CHUNK_BYTES", 7)
        by_row = scan_sheet(io.BytesIO(sheet), "x")
    # a sheet in which anything odd is seen is read another way, which counts its rows itself
    assert by_row.oddity or whole.oddity or by_row == whole


@pytest.mark.parametrize("prefix", [b"", b"x:", b"c:"])
def test_plain_rows_are_passed_over_and_counted(prefix):
    facts = SheetFacts(last_column=28, last_row=120)
    plain = (
        b'<row r="7" spans="1:3" x14ac:dyDescent="0.2" hidden="false">'
        b'<c r="A7" s="1" t="s"><v>3</v></c><c r="B7"/><c r="AB7" t="n"><v>-1.25E-3</v></c>'
        b'<c r="C7" t="str"><v>x</v></c><c r="D7"><f>1</f><v>1</v></c>'
        b'<c r="E7" t="str"><f t="shared" si="0"/><v>x</v></c></row>'
    )
    odd = [
        b'<row r="8"><c r="AC8"><v>1</v></c></row>',
        b'<row r="8"><c r="A1008"><v>1</v></c></row>',
        b'<row r="8" hidden="1"><c r="A8"><v>1</v></c></row>',
        b'<row r="8"><c r="A8"><v>1234567890123456</v></c></row>',
        b'<row r="8"><c r="A8" t="str"><v>_x0041_</v></c></row>',
        b'<row r="8"><c r="A8" t="str"><v>a&amp;b</v></c></row>',
        b'<row r="8"><c r="A8"><f>1</f></c></row>',
        b'<row r="8"><!-- <c r="A8"><v>1</v></c> --></row>',
    ]
    rows, rest = b"\n".join([plain, *odd, plain]), b"\n".join(odd) + b"\n"
    rows, rest = (re.sub(rb"<(/?)(?=[a-z])", rb"<\1" + prefix, text) for text in (rows, rest))
    assert without_plain_rows(rows, prefix, facts) == rest
    # those of the rest are counted where it is looked at
    assert (facts.cell_count, facts.value_count) == (12, 10)


def test_macros_are_accepted_and_never_run(good, tmp_path):
    path = rezip(good, tmp_path / "a.xlsm", {}, **{"xl__vbaProject.bin": b"macro"})
    assert prescan(path).file_format == "xlsm"
