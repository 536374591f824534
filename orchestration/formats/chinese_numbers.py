"""Chinese numerals as numbers, and digits as Chinese signs.

Add here a numeral that people write anywhere. Numerals within dates, which may also stand for two
months (一二月), are ``ingest.reader.stated.plain_text``'s.
"""

from __future__ import annotations

#: The signs of the digits from 0 to 9.
DIGITS = "零一二三四五六七八九"
#: Numerals as they are written on cheques, and two that stand for tens.
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_TENS = {"廿": "二十", "卅": "三十"}
_VALUES = {digit: value for value, digit in enumerate(DIGITS)} | {"〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}


def chinese_number(text: str) -> int | None:
    """Return what Chinese numerals stand for, or None if the text is not just one number.

    >>> chinese_number("一百二十"), chinese_number("十二"), chinese_number("一三二")
    (120, 12, 132)
    >>> chinese_number("廿二"), chinese_number("壹佰零五"), chinese_number("一千二百")
    (22, 105, 1200)
    """
    text = text.translate(_FORMAL)
    for sign, tens in _TENS.items():
        text = text.replace(sign, tens)
    if not text or not set(text) <= {*_VALUES, *_SCALES}:
        return None
    if not set(text) & set(_SCALES):
        return int("".join(str(_VALUES[sign]) for sign in text))
    total, digit = 0, None
    for sign in text:
        if sign in _SCALES:
            total += (1 if digit is None else digit) * _SCALES[sign]
            digit = None
        else:
            digit = _VALUES[sign]
    return total + (digit or 0)
