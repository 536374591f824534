"""A line of text as it is searched for dates: half-width, unspaced, numerals as digits.

Lives here: what the eye takes for the same. Add a numeral, a dash or a form of a character here;
how dates are spelled is in ``date_text``.
"""

from __future__ import annotations

import re
import unicodedata

#: Between the cells of one row.
CELL = "|"
_MAX_LENGTH = 1000
_ZERO = "〇○◯零0OoΟО"
_ONES = {char: n for n, chars in enumerate((_ZERO, *"一二三四五六七八九")) for char in chars}
_ONES |= dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True))
_ONES |= {"两": 2, "貳": 2, "參": 3, "陸": 6} | {str(n): n for n in range(10)}
_TENS = {"十": 10, "拾": 10, "廿": 20, "卅": 30}
_NUMERAL = "".join(sorted({*_ONES, *_TENS} - set("0123456789Oo")))
_CHINESE_YEAR = re.compile(
    rf"(?<![{_NUMERAL}0-9])([{''.join(_ONES)}]{{4}}|[{_NUMERAL}]{{2}})(?=年)"
)
_CHINESE_NUMBER = re.compile(
    rf"(?<![{_NUMERAL}])([{_NUMERAL}0-9]{{1,4}})"
    rf"(?=月|日|号|个月|季度|[-~至到、和及][{_NUMERAL}0-9]{{1,3}}[月季日号])"
)
_DASHES = str.maketrans(dict.fromkeys("—–―−‐‑‒─﹘", "-") | dict.fromkeys("〜∼〰", "~"))


def plain(text: str) -> str:
    """Return a text as it is searched: half-width, without white space, numerals as digits.

    Tabs part cells and become ``|``. Digits other than ASCII and full-width ones stay.

    >>> plain("二〇二二年 十月 三十一日"), plain("１—１０月")
    ('2022年10月31日', '1-10月')
    """
    text = "".join(map(_folded, text[:_MAX_LENGTH].replace(CELL, "，").replace("\t", CELL)))
    text = re.sub(r"(?<![A-Za-z0-9])\s+|\s+(?![A-Za-z0-9])", "", text.translate(_DASHES))
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?<=\d)一(?=\d{1,2}月)", "-", text)
    text = re.sub(
        r"(?<=\d)\|(?=[年月日](?:份|度)?(?:\||$))|(?<=[年月])\|(?=\d{1,2}\|?[月日])", "", text
    )
    text = _CHINESE_YEAR.sub(lambda match: _digits(match[1]), text)
    text = re.sub(r"(?<=年)元月", "1月", text)
    text = _CHINESE_NUMBER.sub(lambda match: _number(match[1]), text)
    return re.sub(r"(?<!\d)(\d\d)(?=年(?:度?第?\d{1,2}月))", r"20\1", text)


def _folded(char: str) -> str:
    if "！" <= char <= "～":
        return chr(ord(char) - 0xFEE0)
    if "㋀" <= char <= "㋋":  # one character for a month, and below for a day
        return f"{ord(char) - ord('㋀') + 1}月"
    if "㏠" <= char <= "㏾":
        return f"{ord(char) - ord('㏠') + 1}日"
    category = unicodedata.category(char)
    if category in ("Cf", "Cc") and not char.isspace():
        return ""
    return char if category.startswith("N") else unicodedata.normalize("NFKC", char)


def _digits(text: str) -> str:
    if any(char not in _ONES for char in text):
        return text
    return "".join(str(_ONES[char]) for char in text)


def _number(text: str) -> str:
    """Return the number of Chinese numerals as digits; the text itself if it is not just one."""
    if all(char in _ONES for char in text):
        has_zero = any(char in _ZERO for char in text)
        # 一二月 are two months
        return _digits(text) if len(text) == 1 or has_zero else text
    tens = [n for n, char in enumerate(text) if char in _TENS]
    if len(tens) != 1:
        return text
    before, ten, after = text[: tens[0]], _TENS[text[tens[0]]], text[tens[0] + 1 :]
    if len(before) > 1 or len(after) > 1 or any(char not in _ONES for char in before + after):
        return text
    return str((_ONES[before] * ten if before else ten) + (_ONES[after] if after else 0))
