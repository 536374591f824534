"""One cell's delivered text to canonical text, by the type its contract gives the column.

A normaliser returns the canonical text (or None for blank) and how it got there; text it
cannot interpret comes back as delivered, for a rule to judge. All are idempotent. Whole
columns are ``columns``' business, personal cells and numbers ``privacy``'s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from orchestration.ingest.reader.privacy import mask
from orchestration.reference.contracts import ContractColumn

#: Spellings of "nothing to say", half-width; a dash is never a zero.
PLACEHOLDERS = frozenset({"-", "--", "—", "——", "–", "―", "/", "//", "\\", "无", "暂无"})

#: Full-width forms of ASCII and the ideographic space: all that is folded. What Unicode calls
#: compatible reads differently: 30① is not 301, and ١٢ no number.
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: 0x20}
#: Show nothing, stand for white space, and neither join nor turn what is beside them.
_ZERO_WIDTH = "\u200b\ufeff"
_MINUS = "\u2212"
#: Radicals and doubles of ideographs, as copying from a PDF leaves them; they look the same.
_COMPATIBLE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")

_NUMBER = re.compile(r"([+-]?)([1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?")
_TIME = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?|24:00(?::00(?:\.0+)?)?"
_DAY = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})[日号]?"
    rf"|([0-9]{{2}})([0-9]{{2}}))(?:[T ]\s*({_TIME})\s?(Z|[+-][0-9]{{2}}(?::?[0-9]{{2}})?)?)?"
)
#: More than any spelling of a day and its time takes.
_MAX_DAY_LENGTH = 64
#: Where the clocks of those who fill in the files stand.
_BEIJING = timezone(timedelta(hours=8))
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SERIAL = re.compile(r"([0-9]{5})(?:\.([0-9]+))?")
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

    ``hows`` holds full_width, whitespace, control_character, composed, thousands_separator,
    leading_zero, trailing_zero, sign, date_spelling, excel_serial, date_1904, time_dropped,
    zone_dropped, letter_case, placeholder or masked.
    """
    cell = _impersonal(_NORMALISERS[column.contract.type](text, column), column)
    if cell.value is None or column.is_key or cell.value in column.contract.codes:
        return cell
    if _narrow(cell.value)[0] in PLACEHOLDERS:
        return Cell(None, (*cell.hows, "placeholder"))
    return cell


def _impersonal(cell: Cell, column: Column) -> Cell:
    """Return a cell with personal numbers masked, unless it is what its contract asks for.

    A code of the list, an identifier of the contract's pattern and a number where one is asked
    for are what they are, however they look.
    """
    if cell.value is None or _is_exempt(cell.value, column.contract):
        return cell
    masked = mask(cell.value)
    return cell if masked == cell.value else Cell(masked, (*cell.hows, "masked"))


def _is_exempt(value: str, contract: ContractColumn) -> bool:
    if contract.type in ("integer", "decimal"):
        return _NUMBER.fullmatch(value) is not None
    if contract.type == "identifier":
        return contract.pattern is None or re.fullmatch(contract.pattern, value) is not None
    if contract.type == "date":
        return _ISO_DAY.fullmatch(value) is not None
    return value in contract.codes


def _narrow(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text half-width and trimmed, and how."""
    stripped = _trim(text)
    narrow = _trim(stripped.translate(_FULL_WIDTH))
    hows = ("whitespace",) * (stripped != text) + ("full_width",) * (narrow != stripped)
    return narrow, hows


def _trim(text: str) -> str:
    """Remove white space and what stands for it from both ends.

    Marks that turn the direction of writing stay: behind one, 03 shows as 30.
    """
    return _without_ends(text, _is_space)


def _without_ends(text: str, is_dropped: Callable[[str], bool]) -> str:
    first, last = 0, len(text)
    while first < last and is_dropped(text[first]):
        first += 1
    while last > first and is_dropped(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_space(char: str) -> bool:
    return char.isspace() or char in _ZERO_WIDTH


def _strip(text: str) -> str:
    """Remove white space, zero-width and control characters from both ends."""
    if text.isprintable():
        return text.strip(" ")  # nothing else that it could hold is invisible
    return _without_ends(text, _is_invisible)


def _is_invisible(char: str) -> bool:
    return char.isspace() or _is_control(char)


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf")


def _without_controls(text: str) -> str:
    return "".join(char for char in text if not _is_control(char))


def _number(text: str, column: Column) -> Cell:
    """Canonical: no plus, no leading zero, no separator; an integer without a fraction."""
    narrow, hows = _narrow(text)
    match = _NUMBER.fullmatch(narrow.replace(_MINUS, "-"))
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
        ("sign", sign == "+" or (sign == "-" and is_zero) or _MINUS in text),
    )
    return Cell(value, hows + tuple(how for how, is_met in changes if is_met))


def _date(text: str, column: Column) -> Cell:
    """Canonical: an ISO day; a serial only where it falls between 1980 and 2100.

    A time with a zone is read as the day it shows, where that is the day in Beijing too.
    """
    narrow, hows = _narrow(text)
    if len(narrow) > _MAX_DAY_LENGTH:
        return Cell(text)
    match = _DAY.fullmatch(narrow) or _DAY.fullmatch(_respaced(narrow))
    if match is None:
        return _serial_day(text, narrow, hows, column)
    day = _valid_day(match)
    if day is None or (match[10] and _beijing_day(day, match[9], match[10]) != day):
        return Cell(text)
    hows += ("time_dropped",) * (match[9] is not None)
    hows += ("zone_dropped",) * (match[10] is not None)
    is_respelt = not narrow.startswith(day.isoformat())
    return Cell(day.isoformat(), (*hows, "date_spelling") if is_respelt else hows)


def beijing_day(text: str) -> date | None:
    """Return the day in Beijing of a text that is a day and a time with a zone, else None."""
    narrow = _narrow(text)[0]
    match = _DAY.fullmatch(narrow) if len(narrow) <= _MAX_DAY_LENGTH else None
    if match is None or match[10] is None:
        return None
    day = _valid_day(match)
    return None if day is None else _beijing_day(day, match[9], match[10])


def _beijing_day(day: date, time: str, zone: str) -> date | None:
    """Return the day in Beijing at that time of the day in that zone; None if there is none."""
    hour, minute = (int(part) for part in time.split(":")[:2])
    offset = "+00:00" if zone == "Z" else zone
    sign, digits = offset[0], offset[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    try:
        zoned = timezone(-shift if sign == "-" else shift)
        start = datetime(day.year, day.month, day.day, tzinfo=zoned)
        return (start + timedelta(hours=hour, minutes=minute)).astimezone(_BEIJING).date()
    except (ValueError, OverflowError):
        return None


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


def _valid_day(match: re.Match[str]) -> date | None:
    parts = (match[1], match[3] or match[5] or match[7], match[4] or match[6] or match[8])
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
    seen = _COMPATIBLE.sub(lambda char: unicodedata.normalize("NFKC", char[0]), compact)
    for code in column.contract.codes:
        listed = code.translate(_FULL_WIDTH)
        if listed.casefold() == seen.casefold():
            hows += ("full_width",) * (seen != compact and "full_width" not in hows)
            return Cell(code, (*hows, "letter_case") if listed != seen else hows)
    return _as_delivered(text, narrow)


def _identifier(text: str, column: Column) -> Cell:
    """Canonical: half-width and trimmed; digits, leading zeros and ``.0`` stay as they are.

    What is invisible within stays too: whether it is a number then, is a rule's question.
    """
    narrow, hows = _narrow(text)
    return Cell(narrow, hows) if narrow else Cell(None, ("whitespace",))


def _text(text: str, column: Column) -> Cell:
    """Canonical: trimmed, in one line, composed (NFC), no invisible characters; width is kept."""
    stripped = _strip(text)
    line = _LINE_BREAKS.sub(" ", stripped)
    visible = _without_controls(line)
    composed = unicodedata.normalize("NFC", visible)
    hows = ("whitespace",) * (stripped != text) + ("control_character",) * (visible != stripped)
    hows += ("composed",) * (composed != visible)
    return Cell(composed, hows) if composed else Cell(None, ("whitespace",))


_NORMALISERS: dict[str, Callable[[str, Column], Cell]] = {
    "text": _text,
    "free_text": _text,
    "identifier": _identifier,
    "code": _code,
    "integer": _number,
    "decimal": _number,
    "date": _date,
}
