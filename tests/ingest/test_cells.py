"""Cells of every type but days: their canonical form, and what is kept of how it was made."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.builders import column

from orchestration.ingest.reader.table.cells import PLACEHOLDERS, normalise
from orchestration.ingest.reader.table.columns import normalise_column, without_midnight
from orchestration.reference.contracts import ContractColumn

TYPES = ("text", "free_text", "identifier", "code", "integer", "decimal", "date")


def test_every_type_of_the_contract_has_a_case_here():
    assert set(TYPES) == set(ContractColumn.model_fields["type"].annotation.__args__)


@pytest.mark.parametrize(
    ("kind", "text", "value", "hows"),
    [
        ("integer", "75325.0", "75325", ("trailing_zero",)),
        ("integer", "７５３２５", "75325", ("full_width",)),
        ("integer", "75,325", "75325", ("thousands_separator",)),
        ("integer", "75，325", "75325", ("full_width", "thousands_separator")),
        ("integer", "\u00a07\u200b", "7", ("whitespace",)),
        ("integer", "-5", "-5", ()),
        ("integer", "\u22125", "-5", ("sign",)),
        ("integer", "+5", "5", ("sign",)),
        ("integer", "-0", "0", ("sign",)),
        ("integer", "007", "7", ("leading_zero",)),
        ("decimal", "13,832.01", "13832.01", ("thousands_separator",)),
        ("decimal", "0.30000000000000004", "0.30000000000000004", ()),
        ("decimal", "13832.10", "13832.10", ()),
        ("decimal", ".5", "0.5", ("leading_zero",)),
        ("decimal", "5.", "5", ("trailing_zero",)),
        ("code", " Ａ ", "A", ("whitespace", "full_width")),
        ("code", "a", "A", ("letter_case",)),
        ("code", "无", "无", ()),
        ("code", "—", None, ("placeholder",)),
        ("code", "B级", "B级", ()),
        ("identifier", "０01 ", "001", ("whitespace", "full_width")),
        ("identifier", "001.0", "001.0", ()),
        ("identifier", "\u00a0001\u3000", "001", ("whitespace",)),
        ("identifier", "00\u200b1", "00\u200b1", ()),
        ("identifier", "00①", "00①", ()),
        ("identifier", "ＦＭ－１", "FM-1", ("full_width",)),
        ("code", "Ⓐ", "Ⓐ", ()),
        ("code", "⽆", "无", ("full_width",)),
        ("text", "\u3000平江街道\n", "平江街道", ("whitespace",)),
        ("text", "平江\r\n街道", "平江 街道", ("control_character",)),
        ("text", "（虎丘区）㎡", "（虎丘区）㎡", ()),
        ("text", "／", None, ("placeholder",)),
        ("text", "\u3000", None, ("whitespace",)),
        ("free_text", "电话13812345678", "电话〔电话〕", ("masked",)),
    ],
)
def test_canonical_form(kind, text, value, hows):
    cell = normalise(text, column(kind))
    assert (cell.value, cell.hows) == (value, hows)


@pytest.mark.parametrize(
    "text",
    [
        *("1,23", "12,34", "12,3456", "0,123", ",123", "1.234,56", "1,234,56", "1'234", "1,2345"),
        *("1e5", "1E+05", "0x10", "1_000", "inf", "NaN", "12.5万", "30起", "50%", "1.2.3", "."),
        *("1 234", "49 683", "1\u00a0234", "3\u200b0", "- 5", "5-", "--5", "(5)", "\u202e03"),
        *("30①", "30²", "30₁", "30㉑", "30𝟏", "³⁰", "½", "1½", "١٢١", "१२", "۳۰", "𝟛𝟘", "㊿", "Ⅻ"),
        *(
            "=1+1",
            "30/28",
            "28、30",
            "28-30",
            "约30",
            "30余",
            "三十",
            "'30",
            "30.5.1",
            "﹣5",
            "﹢5",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["integer", "decimal"])
def test_what_is_no_number_stays_as_delivered(kind, text):
    assert normalise(text, column(kind)).value == text


def test_fraction_in_an_integer_column_stays_as_delivered():
    assert normalise("12.5", column("integer")).value == "12.5"


def test_placeholder_in_a_key_is_left_for_a_rule():
    assert normalise("/", column("identifier", is_key=True)).value == "/"


_FOLDED = str.maketrans("０１２３４５６７８９＋－，．\u2212", "0123456789+-,.-")
_SHOWN_NUMBER = re.compile("[+-]?(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)?(?:[.][0-9]*)?")


@pytest.mark.parametrize("kind", ["integer", "decimal"])
@settings(deadline=None, max_examples=300)
@given(
    text=st.one_of(
        st.text(max_size=6),
        st.text(st.sampled_from("0123456789０９+-＋－−,，.． \u3000①²₁㉑𝟏١१½eE_"), max_size=9),
        st.text(st.characters(categories=["Nd", "No", "Nl"]), min_size=1, max_size=4),
    )
)
def test_a_number_is_what_its_own_characters_say(kind, text):
    """Held against Python's Decimal, after nothing but the width of characters is folded."""
    value = normalise(text, column(kind)).value
    read = "-?[0-9]+" if kind == "integer" else "-?[0-9]+(?:[.][0-9]+)?"
    if value is None or not re.fullmatch(read, value):
        assert value in (None, text)  # not read: as delivered, or blank
        return
    shown = text.strip().strip("\u200b\ufeff").strip().translate(_FOLDED)
    assert _SHOWN_NUMBER.fullmatch(shown)
    assert Decimal(value) == Decimal(shown.replace(",", ""))


@pytest.mark.parametrize("kind", ["integer", "decimal"])
@settings(deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(["", "+", "＋"]), st.booleans(), st.booleans())
def test_every_plain_number_is_read(kind, number, sign, is_grouped, is_wide):
    text = sign + (f"{number:,}" if is_grouped else str(number))
    if is_wide:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,"})
    assert normalise(f"\u3000{text} ", column(kind)).value == str(number)


ODD_TEXT = st.one_of(
    st.text(max_size=12),
    st.text(
        st.sampled_from("0123456789０１.,，-−+/年月日 \u3000\u00a0\u200b\n\tAaＡ无有—"), max_size=12
    ),
    st.sampled_from([*PLACEHOLDERS, "2022-10-31 00:00:00", "1,234.50", "138 1234 5678"]),
)


@pytest.mark.parametrize("kind", TYPES)
@settings(deadline=None)
@given(text=ODD_TEXT)
def test_normalising_twice_changes_nothing_more(kind, text):
    once = normalise(text, column(kind))
    if once.value is not None:
        twice = normalise(once.value, column(kind))
        assert (twice.value, twice.hows) == (once.value, ())


@pytest.mark.parametrize("kind", TYPES)
@settings(deadline=None)
@given(text=ODD_TEXT)
def test_a_changed_cell_says_how_and_an_unchanged_one_is_silent(kind, text):
    cell = normalise(text, column(kind))
    assert (cell.value != text) == bool(cell.hows) or (text == "" and cell.value is None)


@pytest.mark.parametrize("kind", TYPES)
@settings(deadline=None)
@given(texts=st.lists(st.one_of(st.none(), ODD_TEXT), max_size=8), times=st.sampled_from((1, 120)))
def test_a_whole_column_gives_what_its_cells_give(kind, texts, times):
    """Of a long column whose texts repeat, the distinct ones are asked."""
    known = column(kind)
    expected = [normalise(t, known) if t is not None else None for t in texts] * times
    texts = texts * times
    values, changes = normalise_column(pa.array(texts, pa.string()), known)
    assert values.to_pylist() == [cell.value if cell else None for cell in expected]
    noted = {line["position"]: line for line in changes.to_pylist()}
    assert {n: line["how"] for n, line in noted.items()} == {
        n: ",".join(cell.hows) for n, cell in enumerate(expected) if cell and cell.hows
    }
    for position, line in noted.items():
        assert line["delivered"] in (texts[position], None)
        assert (line["delivered"] is None) == ("masked" in line["how"].split(","))


@pytest.mark.parametrize("times", [1, 120])
def test_a_date_cell_loses_its_midnight_and_nothing_else_does(times):
    texts = ["2022-10-31 00:00:00", "2022-10-31 14:30:00", None, "2022-10-31", "00:00:00"] * times
    days = ["2022-10-31", *texts[1:5]] * times
    assert without_midnight(pa.array(texts)).to_pylist() == days


def test_clean_text_of_chinese_is_nfkc_stable_where_the_pattern_says_so():
    ideographs = "".join(chr(code) for code in range(0x4E00, 0xA000))
    assert unicodedata.normalize("NFKC", ideographs) == ideographs
