"""Checks that every number in an issue's text agrees with its tables.

The platform's own sentences carry their figures and dates, which are looked up. Editors reword
texts and figures are revised, so every other number is traced to a published figure by the words
around it, or to the source that an editor names. A number that cannot be traced is a problem, and
no release is made with one. Add the figures of a new mart in ``facts``; sentences are in
``wording`` and in the editors' file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from orchestration.publication.bulletin.sentences import CITY_PLACE, DateText, FigureText, Sentence
from orchestration.publication.newsletter.editorial import Article
from orchestration.reference.months import Month, chinese_date

_NUMBER = re.compile(
    r"(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?)(?P<scale>万|亿)?"
    r"(?P<unit>平方米|㎡|个百分点|[幢起处户套件个条家组人份项%％])?"
)
_SCALES = {None: 1, "万": 10**4, "亿": 10**8}
_UNITS = {"㎡": "平方米", "％": "%"}
#: Numbers that count nothing: dates, document numbers, ordinals.
_NO_FIGURE = re.compile(
    r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?(?:、\d{1,2}日)*)?(?:底|末|初)?"
    r"|\d{1,2}月(?:\d{1,2}日(?:、\d{1,2}日)*)?(?:底|末|初)?"
    r"|[〔\[（(]\d{4}[〕\]）)]\d+号|第\d+[期号次版条届轮]|\d{1,2}日|\d{1,2}[:：]\d{2}"
)
_AS_AT = re.compile(
    r"截至(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?(?P<end>底|末)?"
)
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_CLAUSE_END = "，。；！？"
#: Characters of the clause that are shown before a wrong number.
_SHOWN_BEFORE = 20
#: Brackets and clauses that say what is left out: they announce no figure.
_LEFT_OUT = re.compile(
    r"[（(](?:不含|不包括|不计|未计|未含|扣除|除|缺)[^（()）]*[)）]"
    r"|(?:不含|不包括|不计|未计|未含|扣除)[^（()），。；！？]*[，；]"
)


@dataclass(frozen=True)
class Fact:
    """One published figure and the names that announce it.

    ``labels`` are the names, ``place`` is a district's name or CITY_PLACE; ``value`` is unrounded,
    a share in percent; ``measure`` names mart and column, as in ``FigureText``.
    """

    labels: tuple[str, ...]
    place: str
    value: Decimal
    unit: str
    measure: str

    @property
    def source(self) -> str:
        """Mart, column and row, for the editor."""
        return f"marts.{self.measure}，{self.place}"


@dataclass(frozen=True)
class Problem:
    """A number in a text that agrees with no figure: its place, its text, and the reason."""

    place: str
    words: str
    reason: str

    def __str__(self) -> str:
        """Return the problem as one sentence for the editor."""
        return f"{self.place}“{self.words}”：{self.reason}"


def check_prose(
    articles: Iterable[Article], facts: Sequence[Fact], month: Month, as_at: Iterable[date]
) -> tuple[Problem, ...]:
    """Return the numbers in the texts that agree with no figure, in reading order.

    ``as_at`` are the as-at dates of the month's deliveries, the only ones allowed after 截至. The
    texts form one issue: a measure has the same number of decimals in all of them.
    """
    allowed = {month.last_day, *as_at}
    decimals: dict[tuple[str, str | None, str], int] = {}
    problems: list[Problem] = []
    for article in articles:
        place = f"【{article.section}】{article.title}"
        quoted = {figure for quotation in article.quoted for figure in quotation.figures}
        unused = set(quoted)
        for paragraph in article.paragraphs:
            carried = list(_carried(paragraph))
            problems += _untrue(carried, place, facts, allowed)
            spans = [span for _, span in carried]
            for dated in _stale_dates(paragraph, spans, place, month, allowed):
                if dated.words in quoted:
                    unused.discard(dated.words)
                else:
                    problems.append(dated)
            for words in _SENTENCE.finditer(paragraph):
                sentence = words.group()
                seen: set[tuple[str, str, str]] = set()
                for number in _numbers(sentence):
                    written = {number.group(), number["digits"] + (number["scale"] or "")}
                    if written & quoted:
                        unused -= written
                        continue
                    if _is_within(words.start() + number.start(), spans):
                        continue
                    reason = _judge(sentence, number, facts, seen, decimals)
                    if reason:
                        problems.append(Problem(place, _around(sentence, number), reason))
        problems += [
            Problem(place, figure, "注明了来源，正文里却没有这个数字") for figure in sorted(unused)
        ]
    return tuple(problems)


def _carried(paragraph: str) -> Iterator[tuple[FigureText | DateText, tuple[int, int]]]:
    """Yield the figures and dates of our sentences with their positions in the text."""
    position = 0
    for part in paragraph.parts if isinstance(paragraph, Sentence) else ():
        length = len(part if isinstance(part, str) else part.text)
        if not isinstance(part, str):
            yield part, (position, position + length)
        position += length


def _is_within(position: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(first <= position < last for first, last in spans)


def _untrue(
    carried: Iterable[tuple[FigureText | DateText, tuple[int, int]]],
    place: str,
    facts: Sequence[Fact],
    allowed: set[date],
) -> Iterator[Problem]:
    """Yield figures and dates of our sentences that differ from the tables."""
    known = {(fact.place, fact.measure): fact for fact in facts}
    for part, _ in carried:
        if isinstance(part, DateText):
            if part.day not in allowed:
                yield Problem(place, part.text, _days(allowed))
            continue
        fact = known.get((part.place, part.measure))
        number = _NUMBER.search(part.text)
        if fact is None or number is None:
            yield Problem(place, part.text, f"没有已发布的 marts.{part.measure}，{part.place}")
        elif not _is_near(number, fact.value):
            yield Problem(place, part.text, f"应为 {_shown(number, fact)}（{fact.source}）")


def _stale_dates(
    paragraph: str,
    spans: list[tuple[int, int]],
    place: str,
    month: Month,
    allowed: set[date],
) -> Iterator[Problem]:
    """Yield dates after 截至 that no delivery has; a date without a year may be of any year."""
    for found in _AS_AT.finditer(paragraph):
        if any(_is_within(position, spans) for position in range(*found.span())):
            continue
        year, number = found["year"], int(found["month"])
        is_known = (
            any(
                (day.month, day.day) == (number, int(found["day"]))
                and year in (None, str(day.year))
                for day in allowed
            )
            if found["day"]
            else (int(year or month.year), number) == (month.year, month.number)
        )
        if not is_known:
            yield Problem(place, found.group(), _days(allowed))


def _days(allowed: set[date]) -> str:
    days = "、".join(map(chinese_date, sorted(allowed)))
    return f"截至日期与本期数据不符，本期数据截至{days}"


def _numbers(sentence: str) -> Iterator[re.Match[str]]:
    skipped = [match.span() for match in _NO_FIGURE.finditer(sentence)]
    for number in _NUMBER.finditer(sentence):
        if not _is_within(number.start(), skipped):
            yield number


def _judge(
    sentence: str,
    number: re.Match[str],
    facts: Sequence[Fact],
    seen: set[tuple[str, str, str]],
    decimals: dict[tuple[str, str | None, str], int],
) -> str | None:
    """Return why a number agrees with no figure, or None if it does."""
    unit = _UNITS.get(number["unit"], number["unit"] or "")
    comparable = [fact for fact in facts if unit in ("", fact.unit)]
    before = _LEFT_OUT.sub("", sentence[: number.start()])
    place = _nearest({fact.place for fact in facts}, before) or CITY_PLACE
    there = [fact for fact in comparable if fact.place == place]
    behind = sentence[number.end() :]
    label = _label(before, behind, {label for fact in there for label in fact.labels})
    if label is None:
        return "没有已发布的指标与它对应；如出自别处，请在该篇之后注明“> 数字来源：…——…”"
    named = [fact for fact in there if label in fact.labels]
    if not any(_agrees(number, fact.value) for fact in named):
        truth = "、".join(f"{_shown(number, fact)}（{fact.source}）" for fact in named)
        return f"{place}的“{label}”应为 {truth}"
    if (place, label, unit) in seen:
        return f"一句话里“{label}”出现了两次"
    seen.add((place, label, unit))
    digits = _decimals(number)
    if decimals.setdefault((label, number["scale"], unit), digits) != digits:
        return f"本期“{label}”的小数位数前后不一"
    return None


def _label(before: str, behind: str, labels: Iterable[str]) -> str | None:
    """Return the label that announces a number: the nearest before it, or else one just after."""
    announced = _nearest(labels, before)
    if announced is not None:
        return announced
    clause = re.split(f"[{_CLAUSE_END}]", behind, maxsplit=1)[0]
    found = [(clause.find(label), -len(label), label) for label in labels if label in clause]
    return min(found)[2] if found else None


def _nearest(words: Iterable[str], text: str) -> str | None:
    """Return the label that ends last in ``text``, the longest if several end there."""
    found = [(text.rfind(word) + len(word), len(word), word) for word in words if word in text]
    return max(found)[2] if found else None


def _decimals(number: re.Match[str]) -> int:
    return len(number["digits"].partition(".")[2])


def _step(number: re.Match[str]) -> Decimal:
    """Return one unit of the last decimal of the number as written."""
    return Decimal(1).scaleb(-_decimals(number))


def _rounded(number: re.Match[str], value: Decimal) -> Decimal:
    """Return ``value`` in the scale and with the decimals of the number as written."""
    return (value / _SCALES[number["scale"]]).quantize(_step(number), ROUND_HALF_UP)


def _written(number: re.Match[str]) -> Decimal:
    return Decimal(number["digits"].replace(",", ""))


def _agrees(number: re.Match[str], value: Decimal) -> bool:
    return _rounded(number, value) == _written(number)


def _is_near(number: re.Match[str], value: Decimal) -> bool:
    """Whether a number differs by less than its last decimal: nearly all is written as 99.99%."""
    return abs(value / _SCALES[number["scale"]] - _written(number)) < _step(number)


def _shown(number: re.Match[str], fact: Fact) -> str:
    return f"{_rounded(number, fact.value)}{number['scale'] or ''}{fact.unit}"


def _around(sentence: str, number: re.Match[str]) -> str:
    """Return the number with the text before it, from the start of its clause or marked as cut."""
    clause = max(sentence.rfind(mark, 0, number.start()) for mark in _CLAUSE_END) + 1
    start = max(clause, number.start() - _SHOWN_BEFORE)
    return ("…" if start > clause else "") + sentence[start : number.end()]
