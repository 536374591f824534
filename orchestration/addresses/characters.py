"""Characters of an address brought to one form, and numerals to Arabic or Chinese ones.

Add here a sign that people type in several ways. What a run of signs means is ``parsing``'s.
Every function is pure and idempotent on what it returns.
"""

from __future__ import annotations

import re
import unicodedata

from orchestration.addresses.tables import simplified
from orchestration.formats.chinese_numbers import DIGITS, chinese_number

#: Between elements; stands for punctuation, which never belongs to a name.
GAP = "|"
#: Signs of the block of radicals that Unicode does not fold to the character they look like.
_RADICALS = str.maketrans(
    "⺁⺠⺩⺫⺮⺶⻁⻄⻅⻆⻉⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻯⻰⻱⻳",
    "厂民王目竹羊虎西见角贝车长长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龙龟龟",
)
_DASHES = "-‐‑‒–—―−－﹣"
_WAVES = "~～〜"
_GAPS = "|｜·•・,，;；。!！?？:：\"'“”‘’*&=+_\\/^%$@`"
_BRACKETS = dict.fromkeys("（【〔「『[{<《〈", "(") | dict.fromkeys("）】〕」』]}>》〉", ")")
_ROMAN = {"I": 1, "V": 5, "X": 10}
_SPACE_BETWEEN = re.compile(r"(?<=[0-9A-Z]) +(?=[0-9A-Z])")
#: A small L is told from a capital one until its neighbours are seen.
_SMALL_L = "l"
#: Letters typed for digits: within a number, and before a door's 号 also at its start.
_LOOK_ALIKE = re.compile(
    r"(?<=[0-9])[lIO]+(?=[0-9]|号|弄|幢|栋|楼|室|$)|(?<![A-Z0-9])[lIO]+(?=[0-9][0-9lIO]*号(?!楼|房))"
    r"|(?<=[路街巷弄道])l[lIO]*(?=号(?!楼|房))"
)
_LIKEDIGITS = str.maketrans("lIO", "110")
#: No.12 is 12号.
_NUMBER_WORD = re.compile(r"(?<![A-Z])(NO\.?)([0-9]+)(?!号)|(?<![A-Z])NO\.?(?=[0-9]+号)")


class _Table(dict[int, str]):
    """What each character becomes, worked out when first met."""

    def __missing__(self, code: int) -> str:
        self[code] = result = _plain(chr(code))
        return result


def _plain(sign: str) -> str:
    if sign in _DASHES:
        return "-"
    if sign in _WAVES:
        return "~"
    if sign in _GAPS:
        return GAP
    if sign in _BRACKETS:
        return _BRACKETS[sign]
    if sign in "#＃♯":
        return "#"
    if sign in "〇○":
        return "零"
    if sign.isspace():
        return " "
    if unicodedata.category(sign)[0] == "C":
        return ""
    if unicodedata.name(sign, "").startswith(("ROMAN NUMERAL", "SMALL ROMAN", "CIRCLED DIGIT")):
        return str(int(unicodedata.numeric(sign)))
    if sign in (_SMALL_L, "ｌ"):
        return _SMALL_L
    narrow = unicodedata.normalize("NFKC", sign).upper().translate(_RADICALS)
    narrow = narrow.translate(simplified())
    if len(narrow) == 1:
        return narrow if narrow == sign else _plain(narrow)
    return "".join(_plain(part) for part in narrow if part != sign)


_TABLE = _Table()


def plain(text: str) -> str:
    """Return the text half-width and in capitals, punctuation as gaps, needless spaces removed.

    A space between two numbers is a gap: 人民路12 3幢 is not number 123.
    """
    typed = _without_look_alikes(text.translate(_TABLE))
    if " " in typed:
        typed = _SPACE_BETWEEN.sub(GAP, typed).replace(" ", "")
    return typed


def _without_look_alikes(typed: str) -> str:
    """Return as many characters, letters that stand for digits as digits."""
    if "l" in typed or "O" in typed or "I" in typed:
        typed = _LOOK_ALIKE.sub(lambda found: found[0].translate(_LIKEDIGITS), typed)
        typed = typed.replace(_SMALL_L, "L")
        if "NO" in typed:
            typed = _NUMBER_WORD.sub(_as_door, typed)
    return typed


def _as_door(found: re.Match[str]) -> str:
    """Return 12号 for No.12, with gaps before it to the same length."""
    if found[1] is None:
        return GAP * len(found[0])
    return GAP * (len(found[1]) - 1) + found[2] + "号"


def positions(text: str) -> list[int]:
    """Return, for each character of ``plain(text)``, where in ``text`` it came from."""
    typed, came = [], []
    for position, sign in enumerate(text):
        for part in _TABLE[ord(sign)]:
            typed.append(part)
            came.append(position)
    shown = _without_look_alikes("".join(typed))
    kept = list(_SPACE_BETWEEN.sub(lambda m: GAP * len(m[0]), shown))
    result: list[int] = []
    for index, sign in enumerate(kept):
        is_again = sign == GAP and typed[index] == " " and index and typed[index - 1] == " "
        if sign != " " and not is_again:
            result.append(came[index])
    return result


def number_of(text: str) -> int | None:
    """Return the value of Arabic, Chinese or Roman numerals, or None.

    >>> number_of("12"), number_of("一百二十"), number_of("III"), number_of("A"), number_of("百")
    (12, 120, 3, None, 100)
    """
    if text.isascii() and text.isdigit():
        return int(text)
    if len(text) > 1 and set(text) <= set(_ROMAN):
        return _roman(text)
    return chinese_number(text)


def _roman(text: str) -> int | None:
    values = [_ROMAN[sign] for sign in text]
    following = [*values[1:], 0]
    total = sum(-a if a < b else a for a, b in zip(values, following, strict=True))
    return total if total > 0 else None


def chinese(value: int) -> str:
    """Return a number below one hundred in Chinese, as in names of roads and estates.

    >>> chinese(2), chinese(10), chinese(12), chinese(30)
    ('二', '十', '十二', '三十')
    """
    tens, ones = divmod(value, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return lead + (DIGITS[ones] if ones or not tens else "")


_NAME_NUMBER = re.compile(r"[0-9]+|(?<![A-Z])[IVX]{2,4}(?![A-Z])|(?<![A-Z])[IVX](?=[期区村])")


def name_numerals(name: str) -> str:
    """Return a name with its numbers below one hundred in Chinese: 东环2路 is 东环二路."""
    if not any("0" <= sign <= "9" or sign in "IVX" for sign in name):
        return name
    return _NAME_NUMBER.sub(_in_chinese, name)


def _in_chinese(match: re.Match[str]) -> str:
    text = match[0]
    value = _ROMAN.get(text) or number_of(text)
    return chinese(value) if value is not None and value < 100 else text
