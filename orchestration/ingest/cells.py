"""One cell's delivered text to canonical text, by the type its contract gives the column.

A normaliser returns the canonical text (or None for blank) and how it got there; text it
cannot interpret comes back as delivered, for a rule to judge. All are idempotent. Whole
columns are ``columns``' business, personal cells ``privacy``'s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from orchestration.contracts import ContractColumn
from orchestration.ingest.privacy import mask

#: Spellings of "nothing to say", after NFKC; a dash is never a zero.
PLACEHOLDERS = frozenset({"-", "--", "—", "——", "–", "―", "/", "//", "\\", "无", "暂无"})

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?", re.ASCII)
_DAY = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号]?|(\d{2})(\d{2}))"
    r"(?:[T ]\s*(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?",
    re.ASCII,
)
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?", re.ASCII)
_SERIAL_RANGE = (date(1980, 1, 1), date(2100, 1, 1))
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_LINE_BREAKS = re.compile(r"[\r\n\t\v\f\u2028\u2029]+")


@dataclass(frozen=True)
class Cell:
    """Canonical text and what was done to the delivered text to get there."""

    value: str | None
    hows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """What a normaliser needs to know of a column: its contract, key or not, the date epoch."""

    contract: ContractColumn
    is_key: bool
    is_epoch_1904: bool = False


def normalise(text: str, column: Column) -> Cell:
    """Return the canonical form of one delivered cell.

    ``hows`` holds full_width, whitespace, control_character, thousands_separator,
    leading_zero, trailing_zero, sign, date_spelling, excel_serial, date_1904, time_dropped,
    letter_case, placeholder or masked.
    """
    cell = _NORMALISERS[column.contract.type](text, column)
    if cell.value is None or column.is_key or cell.value in column.contract.codes:
        return cell
    if _narrow(cell.value)[0] in PLACEHOLDERS:
        return Cell(None, (*cell.hows, "placeholder"))
    return cell


def _narrow(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text half-width and trimmed, and how."""
    stripped = _strip(text)
    narrow = _strip(unicodedata.normalize("NFKC", stripped))
    hows = ("whitespace",) * (stripped != text) + ("full_width",) * (narrow != stripped)
    return narrow, hows


def _strip(text: str) -> str:
    """Remove white space, zero-width and control characters from both ends."""
    if text.isprintable():
        return text.strip(" ")  # nothing else that it could hold is invisible
    first, last = 0, len(text)
    while first < last and _is_invisible(text[first]):
        first += 1
    while last > first and _is_invisible(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_invisible(char: str) -> bool:
    return char.isspace() or _is_control(char)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf")


def _without_controls(text: str) -> str:
    return "".join(char for char in text if not _is_control(char))


def _number(text: str, column: Column) -> Cell:
    """Canonical: no plus, no leading zero, no separator; an integer without a fraction."""
    narrow, hows = _narrow(text)
    narrow = narrow.replace("\u2212", "-")
    match = _NUMBER.fullmatch(narrow)
    if not match or not (match[2] or match[3]):
        return _as_delivered(text, narrow)
    sign, whole, fraction = match[1], match[2], match[3]
    digits = whole.replace(",", "").lstrip("0") or "0"
    kept = fraction or ""
    if column.contract.type == "integer":
        if kept.strip("0"):
            return Cell(text)
        kept = ""
    is_zero = digits == "0" and not kept.strip("0")
    value = ("-" if sign == "-" and not is_zero else "") + digits + (f".{kept}" if kept else "")
    changes = (
        ("thousands_separator", "," in whole),
        ("leading_zero", whole.replace(",", "") != digits),
        ("trailing_zero", fraction is not None and (fraction != kept or not fraction)),
        ("sign", sign == "+" or (sign == "-" and is_zero) or "\u2212" in text),
    )
    return Cell(value, hows + tuple(how for how, is_met in changes if is_met))


def _date(text: str, column: Column) -> Cell:
    """Canonical: an ISO day; a serial only where it falls between 1980 and 2100."""
    narrow, hows = _narrow(text)
    match = _DAY.fullmatch(narrow) or _DAY.fullmatch(_respaced(narrow))
    if match:
        parts = (match[1], match[3] or match[5] or match[7], match[4] or match[6] or match[8])
        day = _valid_day(parts)
        if day is None:
            return Cell(text)
        if match[9] is not None:
            hows = (*hows, "time_dropped")
        is_respelt = not narrow.startswith(day.isoformat())
        return Cell(day.isoformat(), (*hows, "date_spelling") if is_respelt else hows)
    return _serial_day(text, narrow, hows, column)


def _respaced(text: str) -> str:
    """Return a day without spaces within, and with one before a time."""
    closed_up = re.sub(r"\s*([年月日号/.-])\s*", r"\1", text)
    return re.sub(r"([日号])(?=\d)", r"\1 ", closed_up)


def _serial_day(text: str, narrow: str, hows: tuple[str, ...], column: Column) -> Cell:
    match = _SERIAL.fullmatch(narrow)
    if not match:
        return _as_delivered(text, narrow)
    epoch = _EPOCH_1904 if column.is_epoch_1904 else _EPOCH_1900
    day = epoch + timedelta(days=int(match[1]))
    if not _SERIAL_RANGE[0] <= day < _SERIAL_RANGE[1]:
        return Cell(text)
    hows = (*hows, "date_1904" if column.is_epoch_1904 else "excel_serial")
    has_time = bool((match[2] or "").strip("0"))
    return Cell(day.isoformat(), (*hows, "time_dropped") if has_time else hows)


def _valid_day(parts: tuple[str, ...]) -> date | None:
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


def _as_delivered(text: str, narrow: str) -> Cell:
    """Return a cell that could not be interpreted: blank if it shows nothing."""
    if not narrow:
        return Cell(None, ("whitespace",))
    return Cell(text)


def _code(text: str, column: Column) -> Cell:
    """Canonical: the code list's own spelling; letter case, width and spaces do not count."""
    narrow, hows = _narrow(text)
    compact = re.sub(r"\s", "", narrow)
    if compact != narrow:
        hows = (*hows, "whitespace")
    for code in column.contract.codes:
        if unicodedata.normalize("NFKC", code).casefold() == compact.casefold():
            is_recased = unicodedata.normalize("NFKC", code) != compact
            return Cell(code, (*hows, "letter_case") if is_recased else hows)
    return _as_delivered(text, narrow)


def _identifier(text: str, column: Column) -> Cell:
    """Canonical: half-width and trimmed; digits, leading zeros and ``.0`` stay as they are."""
    visible = _without_controls(text)
    narrow, hows = _narrow(visible)
    if visible != text:
        hows = (*hows, "control_character")
    return Cell(narrow, hows) if narrow else Cell(None, ("whitespace",))


def _text(text: str, column: Column) -> Cell:
    """Canonical: trimmed, in one line, without invisible characters; width is kept."""
    stripped = _strip(text)
    line = _LINE_BREAKS.sub(" ", stripped)
    visible = _without_controls(line)
    hows = ("whitespace",) * (stripped != text) + ("control_character",) * (visible != stripped)
    return Cell(visible, hows) if visible else Cell(None, ("whitespace",))


def _free_text(text: str, column: Column) -> Cell:
    """Canonical: as ``_text``, with phone and identity numbers masked."""
    cell = _text(text, column)
    masked = mask(cell.value) if cell.value else cell.value
    return cell if masked == cell.value else Cell(masked, (*cell.hows, "masked"))


_NORMALISERS: dict[str, Callable[[str, Column], Cell]] = {
    "text": _text,
    "free_text": _free_text,
    "identifier": _identifier,
    "code": _code,
    "integer": _number,
    "decimal": _number,
    "date": _date,
}
