"""The forms of personal numbers: phones, identity numbers, passports, bank cards, e-mail.

Add here a spelling of such a number, or what distinguishes it from a measure, a day or a code.
``privacy`` decides which texts are searched and what replaces a number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from string import ascii_letters

IDENTITY, PHONE, CARD, PASSPORT, EMAIL = (
    "〔证件号〕",
    "〔电话〕",
    "〔银行卡号〕",
    "〔护照号〕",
    "〔邮箱〕",
)
LABELS = (IDENTITY, PHONE, CARD, PASSPORT, EMAIL)
#: White space, and what else may stand between the digits of one number. Written out, since
#: Python and RE2 do not mean the same by ``\\s``.
_SPACES = "\t-\r \x1c-\x1f\x85\xa0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
_PARTING = f"[{_SPACES}\xad\u2010-\u2015\u2212\\-－.．,，*＊·•_＿/／~～()（）]"
_HAN_DIGITS = dict(
    zip("〇零○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0001234567891123456789", strict=True)
)
_HAN = "".join(_HAN_DIGITS)
_S = _PARTING + "{0,4}"


def _suspect(digit: str) -> str:
    return rf"[{digit}{_HAN}](?:{_S}[{digit}{_HAN}]){{6}}|[@＠﹫]"


#: What must be looked at, for Python and for RE2: seven digits in a row, or an at sign.
SUSPECT, SUSPICIOUS = re.compile(_suspect(r"\d")), _suspect(r"\p{Nd}")
_HAN_NUMBER = re.compile(rf"(?:[\d{_HAN}]{_PARTING}?){{11}}")

_PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
#: Who was born later owns no house; a day of this century in the place of the birthday is mostly
#: that of a case, whose number is as long. With the right check digit it is believed all the same.
_BORN_UNTIL = 2012
_MOBILE = r"1[3-9]\d{9}"
_COUNTRY = rf"(?:(?:00)?86{_S})?"


@dataclass(frozen=True)
class Finder:
    """A form of personal number: what replaces it, its pattern, and what else must hold.

    The pattern reads digits that ``folded`` made ASCII; where it has a group ``number``, that is
    what is replaced. ``holds`` gets it without what parts it. Where ``signs`` are named, it is not
    looked for without any of them.
    """

    label: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _: True
    signs: str = ""

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the places of such numbers in a folded text, in order, none over another."""
        if self.signs and not any(sign in text for sign in self.signs):
            return
        group = "number" if "number" in self.pattern.groupindex else 0
        end = 0
        for match in self.pattern.finditer(text):
            first, last = match.span(group)
            if first >= end and self.holds(re.sub(_PARTING, "", text[first:last])):
                end = last
                yield first, last


class _Fold(dict[int, int]):
    """Maps each character to its half-width form, a digit of any script to the ASCII one."""

    def __init__(self, more: dict[str, str]) -> None:
        super().__init__({ord(char): ord(digit) for char, digit in more.items()})

    def __missing__(self, code: int) -> int:
        digit = unicodedata.decimal(chr(code), None)
        narrow = code - 0xFEE0 if 0xFF01 <= code <= 0xFF5E else code
        self[code] = narrow if digit is None else ord(str(digit))
        return self[code]


_NARROW, _SPELT = _Fold({}), _Fold(_HAN_DIGITS)


def folded(text: str) -> str:
    """Return the text with half-width letters and ASCII digits, of the same length."""
    return text.translate(_NARROW)


def spelt_out(text: str) -> str:
    """Return the text, folded, with 一 to 九 as digits too; nothing unless many are in a row."""
    return text.translate(_SPELT) if _HAN_NUMBER.search(text) else ""


def is_identity(number: str) -> bool:
    """Whether 15 or 18 characters may be an identity number: province, birthday, check digit.

    >>> is_identity("320501199001011233"), is_identity("320508001001000123")
    (True, False)
    """
    if not _PROVINCES.match(number):
        return False
    day = number[6:14] if len(number) == 18 else f"19{number[6:12]}"
    try:
        born = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    if len(number) == 15:
        return True
    return 1900 <= born.year <= 2099 and (born.year <= _BORN_UNTIL or has_check_digit(number))


def has_check_digit(number: str) -> bool:
    """Whether 18 characters end with the check digit of ISO 7064 MOD 11-2."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return number[17].upper() == _CHECK_DIGITS[total % 11]


def is_card(number: str) -> bool:
    """Whether 16 to 19 digits are a bank card: an issuer's beginning, and Luhn's sum.

    >>> is_card("6222021001116245708"), is_card("20221031093015123")
    (False, False)
    """
    doubled = [
        int(digit) if place % 2 == 0 else sum(divmod(2 * int(digit), 10))
        for place, digit in enumerate(reversed(number))
    ]
    return re.match(r"[4-69]|8[1-9]|35", number) is not None and sum(doubled) % 10 == 0


def _is_spaced_identity(number: str) -> bool:
    return is_identity(number) and has_check_digit(number)


def _begins_personal(number: str) -> bool:
    """Whether a run of digits longer than any number is several that were not parted."""
    return re.match(_MOBILE, number) is not None or is_identity(number[:18])


def _is_no_day(number: str) -> bool:
    """Whether a letter and digits are a passport's, not a letter before a day or a month."""
    return not re.search(r"20[0-4]\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])$", number)


_EDGE, _END = r"(?<!\d)(?<!\b0\.)", r"(?!\d)"
#: A number with a decimal point is a measure.
_NO_MEASURE = rf"(?!\d+\.\d+(?!{_S}\d))"
#: What every finder needs some of: most days and short codes have none, and are soon done with.
LIKELY = re.compile(
    rf"\d(?:{_S}\d){{9}}|[@﹫]|[A-Za-z]\d{{7}}|[证照卡账帐话机系传微]|(?i:QQ|tel|phone|mobile)"
)
#: In the order in which they are looked for: what is whole before what may have gaps.
FINDERS = (
    # before the sign a name may stand in Chinese, or a word that belongs to the text
    Finder(
        EMAIL,
        re.compile(r"[A-Za-z0-9._%+\-]{0,64}\s?[@﹫]\s?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"),
        signs="@﹫",
    ),
    Finder(IDENTITY, re.compile(rf"{_EDGE}\d{{17}}[\dXx]{_END}"), is_identity),
    Finder(CARD, re.compile(rf"{_EDGE}\d{{16,19}}{_END}"), is_card),
    Finder(IDENTITY, re.compile(rf"{_EDGE}\d{{15}}{_END}"), is_identity),
    Finder(PHONE, re.compile(rf"{_EDGE}{_COUNTRY}{_MOBILE}{_END}")),
    Finder(IDENTITY, re.compile(rf"{_EDGE}\d{{20,}}[Xx]?"), _begins_personal),
    Finder(
        IDENTITY,
        re.compile(
            rf"(?:身份证|证件|护照|通行证|台胞证|回乡证|居住证|居留证)号?码?[:：是为\s]{{0,3}}"
            rf"(?P<number>[A-Za-z]{{0,3}}\d(?:{_S}\d){{5,17}}{_S}[Xx]?)"
        ),
        signs="证照",
    ),
    Finder(
        CARD,
        re.compile(rf"(?:卡|账|帐)号[:：是为\s]{{0,3}}(?P<number>\d(?:{_S}\d){{6,24}}){_END}"),
        signs="卡账帐",
    ),
    Finder(
        IDENTITY,
        re.compile(rf"{_EDGE}(?=(?P<number>\d(?:{_S}\d){{16}}{_S}[\dXx](?![\dXx])))"),
        _is_spaced_identity,
    ),
    Finder(
        CARD,
        re.compile(rf"{_EDGE}(?:\d{{4}}{_S}){{3}}\d{{4}}(?:{_S}\d{{1,3}})?{_END}"),
        is_card,
    ),
    Finder(CARD, re.compile(rf"{_EDGE}\d{{6}}{_S}\d{{10,13}}{_END}"), is_card),
    Finder(
        PHONE,
        re.compile(
            rf"{_EDGE}{_NO_MEASURE}{_COUNTRY}1[3-9]\d{_S}(?:\d{{4}}{_S}\d{{4}}"
            rf"|\d{{3}}{_S}\d{{5}}|\d{_S}\d{{3}}{_S}\d{{4}}|\d\d{_S}\d{{6}}){_END}"
        ),
    ),
    # digit by digit, with the same between each two
    Finder(PHONE, re.compile(rf"{_EDGE}1(?P<by>{_PARTING}{{1,3}})[3-9](?:(?P=by)\d){{9}}{_END}")),
    Finder(PHONE, re.compile(rf"{_EDGE}[(]?0\d{{2,3}}{_S}[2-9]\d{{2,3}}{_S}\d{{4}}{_END}")),
    Finder(
        PHONE,
        re.compile(
            r"(?i:电话|固话|座机|手机|联系方式|传真|微信|QQ|tel|phone|mobile)号?码?[:：.是为\s]{0,3}"
            rf"(?P<number>\d(?:{_S}\d){{6,11}}){_END}"
        ),
        signs="话机系传微QqTtPpMm",
    ),
    Finder(
        PASSPORT,
        re.compile(
            r"(?<![A-Za-z0-9])(?:[EeGgDdSsPpHhMmCWTL]\d{8}|[HhMm]\d{10}|[Ee][A-HJ-NP-Za-hj-np-z]\d{7}"
            r"|[DdSsPp][Ee]\d{7}|[A-Z]{3}\d{12})(?![A-Za-z0-9])"
        ),
        _is_no_day,
        signs=ascii_letters,
    ),
)
