"""The limits of a rule as text: bands, patterns, listed values, tolerances, shares.

They come from the contracts, the seeds and the rule itself. Add a kind of check here if it has a
limit that the rule's sentence does not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from expectations import rulebook as book
from expectations.rule_files import EVERY
from orchestration.judgement.plausible.bands import band_text, number
from orchestration.judgement.reasons import pattern_text
from orchestration.judgement.reference import FIGURES, band_rows, bounds
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.districts import load_districts
from orchestration.reference.metrics import has_metric, metric_name, prose_unit

_TYPES = {"integer": "整数", "decimal": "数字", "date": "日期（年-月-日）"}
_NAMES = {
    "district": "报送地区的名称或别名",
    "reporting_districts": "本市县级市（区）的名称或别名",
    "towns": "当月官方名录中的镇街",
}


def limits_of(rule: book.Rule, kind: str) -> str:
    """Return the limits of a rule of a kind; empty if the rule's sentence already says them."""
    limits = _LIMITS.get(type(rule.test))
    return "；".join(limits(rule, kind)) if limits else ""


def _coded(rule: book.Rule, kind: str) -> Iterator[str]:
    for column in _columns(rule, kind):
        yield f"{column.header}：{'、'.join(column.codes)}"


def _patterned(rule: book.Rule, kind: str) -> Iterator[str]:
    for column in _columns(rule, kind):
        if column.pattern:
            yield f"{column.header}：{pattern_text(column.pattern).strip()}"


def _typed(rule: book.Rule, kind: str) -> Iterator[str]:
    for type_ in dict.fromkeys(column.type for column in _columns(rule, kind)):
        yield _TYPES[type_] + ("" if type_ == "date" else "，整数部分不超过 12 位")


def _named(rule: book.Rule, kind: str) -> Iterator[str]:
    assert isinstance(rule.test, book.Named)
    yield _NAMES[rule.test.names]


def _as_at(rule: book.Rule, kind: str) -> Iterator[str]:
    yield "报表注明的截至日期；没有注明的为当月最后一日"


def _within(rule: book.Rule, kind: str) -> Iterator[str]:
    assert isinstance(rule.test, book.Within)
    if rule.frame == "totals":
        yield from _tolerances(load_contracts()[kind])
    elif rule.test.band is None:
        yield band_text(rule.test.low, rule.test.high)
    else:
        yield from _bands(kind, rule.test.band)


def _plausible(rule: book.Rule, kind: str) -> Iterator[str]:
    assert isinstance(rule.test, book.Plausible)
    for measure in rule.test.figures:
        yield from _bands(kind, measure, is_impossible=rule.test.band == "impossible")


def _tolerances(contract: Contract) -> Iterator[str]:
    for column in contract.columns:
        if column.type in ("integer", "decimal"):
            tolerance = contract.total_tolerance.get(column.name)
            allowed = f"相差不多于 {tolerance}×（行数＋1）" if tolerance else "须相等"
            yield f"{column.header}：{allowed}"


def _share(rule: book.Rule, kind: str) -> Iterator[str]:
    for name, contract in load_contracts().items():
        if kind in (EVERY, name):
            yield f"{contract.title}：{number(contract.quarantined_share * 100)}%"


def _sql(rule: book.Rule, kind: str) -> Iterator[str]:
    """Yield the bands that the rule's query uses."""
    query = rule.sql_path.read_text(encoding="utf-8")
    of_kind = (row["measure"] for row in band_rows() if row["kind"] in (kind, FIGURES))
    for measure in dict.fromkeys(of_kind):
        if f"'{measure}'" in query:
            yield from _bands(kind, measure)


def _bands(kind: str, measure: str, *, is_impossible: bool = False) -> Iterator[str]:
    """Yield the general band of a measure with its reason, and the bands of single districts."""
    names = {district.district_id: district.district_name for district in load_districts()}
    is_metric = has_metric(measure)
    name, unit = (metric_name(measure), prose_unit(measure)) if is_metric else ("", "")
    rows = [r for r in band_rows() if r["measure"] == measure and r["kind"] in (kind, FIGURES)]
    for row in sorted(rows, key=lambda row: bool(row["district_id"])):
        band = bounds(row, is_impossible=is_impossible)
        if band != (None, None):
            where = names.get(row["district_id"])
            text = f"{where or name} {band_text(*band, unit)}".strip()
            yield text if where else f"{text}（{row['reason']}）"


def _columns(rule: book.Rule, kind: str) -> list[Any]:
    names = getattr(rule.test, "columns", ())
    return [load_contracts()[kind].column(name) for name in names]


_LIMITS: dict[type, Callable[[book.Rule, str], Iterator[str]]] = {
    book.Coded: _coded,
    book.Patterned: _patterned,
    book.Typed: _typed,
    book.Named: _named,
    book.NotAfterAsAt: _as_at,
    book.Plausible: _plausible,
    book.Within: _within,
    book.AtMost: _share,
    book.Sql: _sql,
}
