"""What a number format makes of a number: a date, the number itself, or another one.

Lives here: splitting a format code into its sections and signs, and what each shows. A format
that rounds, groups, colours or adds a unit is fine, since the stored number is what the formula
bar shows; one that scales, hides or adds digits is not. Cells and columns are not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

_YM, _MD, _TIME = 'yyyy"年"m"月"', 'm"月"d"日"', "h:mm:ss"
#: Formats that a workbook names by number only, as Chinese Excel shows them.
BUILTIN = {
    9: "0%", 10: "0.00%", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: _TIME, 19: _TIME, 20: _TIME, 21: _TIME, 22: "yyyy/m/d h:mm",
    27: _YM, 28: _MD, 29: _MD, 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 32: _TIME, 33: _TIME,
    34: _TIME, 35: _TIME, 36: _YM, 38: "#,##0;[Red]-#,##0", 40: "#,##0.00;[Red]-#,##0.00",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    50: _YM, 51: _MD, 52: _YM, 53: _MD, 54: _MD, 55: _TIME, 56: _TIME, 57: _YM, 58: _MD,
}  # fmt: skip
#: Those of them that the fast reader (calamine) does not know for dates.
CJK_DATES = frozenset({*range(27, 37), *range(50, 59)})
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|!(?P<banged>.)|_.|\*(?P<fill>.)'
    r"|\[(?P<bracket>[^\]]*)\]?|(?P<general>General|G/通用格式)|(?P<exponent>E[+-])"
    r"|(?P<noon>AM/PM|A/P|上午/下午)|(?P<letters>[ymdhseabgr]+)|(?P<digit>[0#?])|(?P<point>\.)"
    r"|(?P<comma>,)|(?P<percent>%)|(?P<text>@)|(?P<end>;)|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_MAX_CODE_LENGTH = 1_000
_CONDITION = re.compile(r"(<=|>=|<>|=|<|>)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_MULTIPLIERS = frozenset("十百千万亿")
#: Signs that read as part of a number where they are only painted on.
_PAINTED = re.compile(r"[\d.,．，]")
_LAST_SERIAL = 2_958_466
_FALSE_LEAP_DAY = 60
_MEETS = {
    "<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b, "<>": lambda a, b: a != b,
    "=": lambda a, b: a == b, "<": lambda a, b: a < b, ">": lambda a, b: a > b,
}  # fmt: skip


@dataclass
class _Section:
    """One part of a format, between semicolons; ``shape`` has one letter for each sign."""

    shape: str = ""
    literals: str = ""
    letters: str = ""
    condition: tuple[str, float] | None = None


@dataclass(frozen=True)
class Format:
    """A format code taken apart; ``has_day`` and so on say what a date shows."""

    code: str
    sections: tuple[_Section, ...]
    is_date: bool
    has_year: bool
    has_month: bool
    has_day: bool


@lru_cache(maxsize=1024)
def parse_format(code: str) -> Format:
    """Return a format code taken apart; what cannot be is shown as stored."""
    sections = [_Section()]
    for match in _TOKEN.finditer(code[:_MAX_CODE_LENGTH]):
        if match.lastgroup == "end":
            sections.append(_Section())
        else:
            _take(sections[-1], match)
    letters = sections[0].letters
    month = re.sub(r"h+[^ymdes]*m+|m+[^ymdeh]*s+", "", letters)
    return Format(
        code=code,
        sections=tuple(sections),
        is_date="0" not in sections[0].shape.replace(".0", "") and bool(letters),
        has_year="y" in letters or "e" in letters,
        has_month="m" in month,
        has_day=bool(re.search(r"(?<!d)d{1,2}(?!d)", letters)),
    )


def _take(section: _Section, match: re.Match[str]) -> None:
    kind, text = match.lastgroup, match[0]
    if kind in ("quoted", "escaped", "banged", "literal"):
        section.literals += match[kind]
        # a stroke stands between the halves of a fraction
        section.shape += "/" if text == "/" else "x" if match[kind].strip() else ""
    elif kind == "fill":
        section.literals += match[kind] if match[kind].isdigit() else ""
    elif kind == "bracket":
        _bracket(section, match[kind])
    elif kind == "general":
        section.shape += "0"
    elif kind in ("letters", "noon"):
        section.letters += text.lower() if kind == "letters" else "h"
        section.shape += "d"
    elif kind is not None:
        signs = {"digit": "0", "point": ".", "comma": ",", "percent": "%", "text": "0"}
        section.shape += signs.get(kind, "")
        section.letters += " " if section.letters else ""


def _bracket(section: _Section, text: str) -> None:
    condition = _CONDITION.fullmatch(text)
    if condition:
        section.condition = (condition[1], float(condition[2]))
    elif text.startswith("$"):
        section.literals += text[1:].rpartition("-")[0] if "-" in text else text[1:]
    elif _ELAPSED.fullmatch(text):
        section.letters += text.lower()
        section.shape += "d"


def other_number(value: float, form: Format) -> str | None:
    """Return in Chinese what a format shows instead of the stored number, None if it is fine.

    >>> other_number(0.3, parse_format("0%"))
    '显示为 30%'
    >>> other_number(30, parse_format('#,##0"起"'))
    """
    section, is_negative_one = _section(value, form)
    shape = section.shape
    if not shape and not form.code.strip():
        return None
    if "0" not in shape:
        if value == 0 and not re.search(r"\d", section.literals):
            return None
        shown = section.literals.strip()
        return f"显示为“{shown[:20]}”" if shown else "不显示任何内容"
    if "%" in shape and value:
        return f"显示为 {value * 100:.15g}%"
    scale = len(shape) - len(shape.rstrip("x%.,")) and _scale(shape)
    if scale and value:
        return f"缩小到 {1000**scale} 分之一显示"
    if _PAINTED.search(_without_fraction(section)) or re.search(r"0[.,]*x+[.,]*0", shape):
        return "显示的数字中有一部分是格式添上去的"
    if value < 0 and is_negative_one and not re.search(r"[-−(（]", section.literals):
        return "负数显示为没有负号"
    if value > 0 and re.search(r"[-−]", section.literals):
        return "正数显示为带负号"
    return None


def multiplier(value: float, form: Format) -> str | None:
    """Return the words like 万 that a format puts behind a number without dividing it."""
    literals = _section(value, form)[0].literals
    return literals.strip()[:20] if _MULTIPLIERS & set(literals) else None


def pads(text: str, form: Format) -> bool:
    """Whether a format shows more digits of a whole number than are stored, as in ``00000``."""
    return bool(re.fullmatch(r"0{2,}", form.code)) and len(text) < len(form.code)


def _scale(shape: str) -> int:
    """Return how often commas behind the last digit before the point divide by a thousand."""
    whole, _, fraction = shape.partition(".")
    behind = re.search(r"0x*(,+)x*$", whole)
    last = re.search(r"0(,+)[x%]*$", fraction)
    return len(behind[1] if behind else "") + len(last[1] if last else "")


def _without_fraction(section: _Section) -> str:
    """Return the literals, without the digits of a fixed denominator such as ``# ?/10``."""
    return re.sub(r"/\d+", "", section.literals)


def _section(value: float, form: Format) -> tuple[_Section, bool]:
    """Return the section that shows a number, and whether it is one for negative numbers only."""
    sections = form.sections[:3]
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _MEETS[section.condition[0]](
                value, section.condition[1]
            ):
                return section, False
        return _Section("0"), False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


def moment(serial: float, is_epoch_1904: bool) -> datetime | None:
    """Return the moment of a serial number; None for one that Excel shows as #####.

    The days before 1 March 1900 are Excel's own, who believes that 29 February 1900 was one.
    """
    if is_epoch_1904:
        serial += 1462
    if not 0 <= serial < _LAST_SERIAL:
        return None
    if not is_epoch_1904 and serial < _FALSE_LEAP_DAY:
        serial += 1
    return datetime(1899, 12, 30) + timedelta(milliseconds=round(serial * 86_400_000))


def shown_date(day: date, form: Format) -> str | None:
    """Return a date in Chinese with the parts that its format shows; None for a time alone.

    >>> shown_date(date(2022, 10, 1), parse_format('yyyy"年"m"月"'))
    '2022年10月'
    """
    year = f"{day.year}年" if form.has_year else ""
    month = f"{day.month}月" if form.has_month or (form.has_day and year) else ""
    return year + month + (f"{day.day}日" if form.has_day else "") or None
