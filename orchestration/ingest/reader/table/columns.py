"""Whole columns to canonical text, with a note for every cell that changed.

A regular expression says which cells are canonical already; only the distinct others go through
``cells``, so a clean column of a hundred thousand rows costs one pass in Arrow. What a type's
canonical form is, is defined in ``cells``; the patterns here may only ever be stricter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.ingest.reader.privacy import (
    BAD_FORMAT,
    PLACEHOLDER,
    SUSPICIOUS,
    states,
)
from orchestration.ingest.reader.sheet import INVISIBLE
from orchestration.ingest.reader.table.cells import Column
from orchestration.ingest.reader.table.kept_cell import kept_cell

_FEW = pa.dictionary(pa.int32(), pa.string())
#: One row a changed cell of a column: its position, how, delivered and normalised text. There
#: may be one for every cell of a register, and few distinct ones.
CHANGES = pa.schema(
    [("position", pa.int32()), ("how", _FEW), ("delivered", _FEW), ("normalised", _FEW)]
)

_CLEAN = {
    "integer": r"^(?:0|-?[1-9][0-9]{0,9})$",
    "decimal": r"^(?:-?[1-9][0-9]{0,9}(?:\.[0-9]+)?|0(?:\.[0-9]+)?|-0\.[0-9]*[1-9][0-9]*)$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "identifier": r"^[!-~\x{4E00}-\x{9FFF}]*[0-9A-Za-z][!-~\x{4E00}-\x{9FFF}]*$",
}
#: A contract's pattern of these could match a text that is not trimmed.
_MAY_HOLD_SPACE = re.compile(r"[ .]|\[\^")
#: Marks, jamo and doubles, of which NFC makes or takes another character.
_COMPOSABLE = (
    r"\p{M}\x{340}-\x{387}\x{900}-\x{FFF}\x{1100}-\x{11FF}\x{1F71}-\x{1FFD}\x{2000}\x{2001}"
    r"\x{2126}\x{212A}\x{212B}\x{2329}\x{232A}\x{2ADC}\x{F900}-\x{FAFF}\x{FB1D}-\x{FB4E}"
    r"\x{1D15E}-\x{1D1C0}\x{2F800}-\x{2FA1F}"
)
#: Up to two characters may be a placeholder; there are few distinct ones.
_UNCLEAN_TEXT = (
    rf"^{INVISIBLE}|{INVISIBLE}$|[\p{{Cc}}\p{{Cf}}\p{{Zl}}\p{{Zp}}{_COMPOSABLE}]|^.{{0,2}}$"
)
_MIDNIGHT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} 00:00:00$"
_ISO_DAY_LENGTH = 10
#: Cells of a column that are sampled to see if its texts repeat, and how many of them may differ.
_SAMPLED, _FEW_SAMPLED = 400, 200
#: Texts that are Python objects at one time.
_BATCH = 100_000


def normalise_column(values: pa.StringArray, column: Column) -> tuple[pa.StringArray, pa.Table]:
    """Return the canonical column and its changes (schema CHANGES).

    A personal column comes back as states; its changes hold no delivered text, nor do those of
    a masked cell.
    """
    if column.contract.personal:
        return _personal(values, column)
    dirty = pc.indices_nonzero(pc.invert(pc.fill_null(_is_clean(values, column), True)))
    if len(dirty) == 0:
        return values, CHANGES.empty_table()
    distinct = values.take(dirty).dictionary_encode()
    texts = _respelt(distinct.dictionary, column)
    is_changed = pc.is_valid(texts["how"].combine_chunks()).take(distinct.indices)
    indices = distinct.indices.filter(is_changed)
    columns = (
        pa.DictionaryArray.from_arrays(indices, each.combine_chunks()) for each in texts.columns
    )
    positions = dirty.filter(is_changed).cast(pa.int32())
    changes = pa.table([positions, *columns], schema=CHANGES)
    return _replaced(values, changes), changes


def _respelt(delivered: pa.StringArray, column: Column) -> pa.Table:
    """Return how, delivered and normalised of each text; ``how`` is null where it stays."""
    names = CHANGES.names[1:]
    parts = [pa.table([pa.array([], pa.string())] * len(names), names)]
    for start in range(0, len(delivered), _BATCH):
        texts = delivered.slice(start, _BATCH)
        cells = [kept_cell(text, column) for text in texts.to_pylist()]
        is_masked = pa.array(["masked" in cell.hows for cell in cells], pa.bool_())
        how = pa.array([",".join(cell.hows) or None for cell in cells], pa.string())
        shown = pc.if_else(is_masked, pa.scalar(None, pa.string()), texts)
        value = pa.array([cell.value for cell in cells], pa.string())
        parts.append(pa.table([how, shown, value], names))
    return pa.concat_tables(parts).combine_chunks()


def without_midnight(values: pa.StringArray) -> pa.StringArray:
    """Return the days of date cells, which fastexcel spells with a time of midnight."""
    return _of_distinct(values, _day)


def _day(values: pa.StringArray) -> pa.StringArray:
    is_midnight = pc.fill_null(pc.match_substring_regex(values, _MIDNIGHT), False)
    return pc.if_else(is_midnight, pc.utf8_slice_codeunits(values, 0, _ISO_DAY_LENGTH), values)


def _is_clean(values: pa.StringArray, column: Column) -> pa.BooleanArray:
    """Return, with null for null, whether ``kept_cell`` would return each cell unchanged."""
    if column.contract.type == "code":
        is_code = pc.is_in(values, value_set=pa.array(column.contract.codes))
        return pc.if_else(pc.is_null(values), pa.scalar(None, pa.bool_()), is_code)
    return _of_distinct(values, partial(_is_canonical, column=column))


def _is_canonical(values: pa.StringArray, column: Column) -> pa.BooleanArray:
    if column.contract.type == "identifier" and column.contract.pattern:
        return _is_identifier(values, column.contract.pattern)
    if column.contract.type in _CLEAN:
        return pc.match_substring_regex(values, _CLEAN[column.contract.type])
    return pc.invert(pc.match_substring_regex(values, f"{_UNCLEAN_TEXT}|{SUSPICIOUS}"))


def _is_identifier(values: pa.StringArray, pattern: str) -> pa.BooleanArray:
    """Return which are canonical: of the contract's pattern, or nothing that may be personal."""
    is_code = pc.match_substring_regex(values, f"^(?:{pattern})$")
    if _MAY_HOLD_SPACE.search(pattern):
        is_code = pc.and_(is_code, pc.match_substring_regex(values, _CLEAN["identifier"]))
    is_other = pc.fill_null(pc.invert(is_code), False)
    others = values.filter(is_other)
    if len(others) == 0:
        return is_code
    is_clean = pc.match_substring_regex(others, _CLEAN["identifier"])
    is_clean = pc.and_not(is_clean, pc.match_substring_regex(others, SUSPICIOUS))
    return pc.replace_with_mask(is_code, is_other, is_clean)


def _of_distinct(values: pa.StringArray, judge: Callable[[pa.StringArray], pa.Array]) -> pa.Array:
    """Return what ``judge`` says of each text, null for null, asking of each distinct one once.

    A sample shows whether texts repeat: else finding the distinct ones takes longer.
    """
    step = len(values) // _SAMPLED
    if step == 0:
        return judge(values)
    sample = values.take(pa.array(range(0, step * _SAMPLED, step)))
    if len(pc.unique(sample)) > _FEW_SAMPLED:
        return judge(values)
    encoded = values.dictionary_encode()
    return judge(encoded.dictionary).take(encoded.indices)


def _personal(values: pa.StringArray, column: Column) -> tuple[pa.StringArray, pa.Table]:
    found = states(values, is_phone=column.contract.name.endswith("_phone"))
    marked = pc.indices_nonzero(pc.is_in(found, value_set=pa.array([PLACEHOLDER, BAD_FORMAT])))
    state = found.take(marked).cast(_FEW)
    columns = [marked.cast(pa.int32()), state, pa.nulls(len(marked), _FEW), state]
    return found, pa.table(columns, schema=CHANGES)


def _replaced(values: pa.StringArray, changes: pa.Table) -> pa.StringArray:
    is_changed = np.zeros(len(values), dtype=bool)
    is_changed[changes["position"].to_numpy()] = True
    return pc.replace_with_mask(
        values, pa.array(is_changed), changes["normalised"].combine_chunks().cast(pa.string())
    )
