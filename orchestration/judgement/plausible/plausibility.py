"""What a delivery's figures are held against, and what is said of one that cannot be believed.

Makes the frame that ``figures`` rules are asked of, and the words of their findings: the value,
the band, and the slip that brings it home (``slips``). Bands are a seed, the rules the book's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from expectations.checks import ExpectationSpec
from expectations.context import Context
from expectations.rulebook import Plausible, Rule
from orchestration.ingest.reading import Reading
from orchestration.judgement.findings import finding_rows
from orchestration.judgement.judged_rules import JudgedRule
from orchestration.judgement.plausible.bands import band_text, number
from orchestration.judgement.plausible.figures import MEAN, Figures, taken_from
from orchestration.judgement.plausible.released import Released
from orchestration.judgement.plausible.slips import Bands, slip_text
from orchestration.reference import vocabulary
from orchestration.reference.contracts import Contract
from orchestration.reference.measures import AREA, COUNT, EXACT_AREA, REPORT
from orchestration.reference.metrics import metric_name, prose_unit

#: What a figure is of what was last released.
_FOLD = "_fold"
_BEYOND = Decimal("Infinity")
#: The record keys of a frame whose one row is the district.
WHOLE_KEY = pd.Series([vocabulary.WHOLE_DISTRICT], dtype="str")


@dataclass(frozen=True)
class Believed:
    """What is asked about a delivery: its figures, what follows from them, what was released."""

    figures: Figures
    derived: Mapping[str, Decimal]
    released: Released | None
    bands: Bands

    @property
    def values(self) -> Mapping[str, int | Decimal]:
        """All of them by the name that rules ask about."""
        return {**self.figures, **self.derived}

    def asked_values(self, rules: Iterable[Rule]) -> dict[str, float]:
        """Return all that some ``figures`` rules ask about by name; NaN is not known."""
        asked = {name for rule in rules for name in _asked_of(rule)}
        values = self.values
        return {name: float(values.get(name, "nan")) for name in sorted(asked)}

    def knows(self, rule: Rule) -> bool:
        """Whether there is any figure that the rule asks about."""
        return any(name in self.values for name in _asked_of(rule))


def _asked_of(rule: Rule) -> tuple[str, ...]:
    """Return the figures that a rule asks about."""
    return rule.test.figures if isinstance(rule.test, Plausible) else ()


def believed(
    figures: Figures, contract: Contract, context: Context, released: Released | None
) -> Believed:
    """Return what follows from a delivery's figures: the mean area, and the change."""
    derived = dict(_mean(figures, contract.kind, context))
    for measure in (COUNT, AREA):
        before = released.figures.get(measure) if released else None
        if before is not None and measure in figures:
            now = Decimal(figures[measure])
            derived[measure + _FOLD] = now / before if before else _BEYOND if now else Decimal(1)
    return Believed(figures, derived, released, context.bands)


def _mean(figures: Figures, kind: str, context: Context) -> dict[str, Decimal]:
    """Return the mean area, where there are enough buildings for it to mean anything.

    A report that tells of a district's area has them, however few it says that they are.
    """
    if COUNT not in figures or AREA not in figures:
        return {}
    count = figures[COUNT]
    area = Decimal(figures.get(EXACT_AREA, figures[AREA] * 10_000))
    if count == 0:
        return {MEAN: _BEYOND} if area else {}
    is_report = kind == REPORT
    least, _ = context.bands["mean_building_count" if is_report else "mean_ledger_building_count"]
    _, largest = context.bands[MEAN]
    likely = area / Decimal(str(largest)) if is_report and largest else Decimal(0)
    return {MEAN: area / count} if max(Decimal(count), likely) >= (least or 0) else {}


def not_asked(rule: Rule) -> str:
    """Return why a rule on figures could not be asked."""
    is_change = all(name.endswith(_FOLD) for name in _asked_of(rule))
    return "以前没有发布过该地区的数据" if is_change else "没有可计入的数据"


def figure_findings(
    judged: JudgedRule,
    asked: Believed,
    contract: Contract,
    reading: Reading,
    place: tuple[str | None, int | None],
) -> list[pd.DataFrame]:
    """Return the findings of a rule, one for each field whose figures fail it; ``place`` is where.

    Several figures show in one field: the area and the mean area.
    """
    failing = [spec for spec, _ in judged.failures]
    if not failing:
        return []
    texts: dict[str, list[str]] = {}
    for spec in failing:
        texts.setdefault(_field(spec.field, contract), []).append(_comparison_text(spec, asked))
    slip = slip_text([spec.field for spec in failing], asked.figures, asked.bands)
    messages = []
    for field, parts in texts.items():
        header = reading.headers.get(field, contract.column(field).header)
        messages.append(f"“{header}”：{'；'.join([*parts, *slip])}")
    sheet, row = place
    letters = [reading.columns.get(field) for field in texts]
    cells = [f"{letter}{row}" if letter and row else None for letter in letters]
    found = finding_rows(
        judged.rule,
        "",
        sheet=pd.Series([sheet] * len(texts), dtype="str"),
        row_number=pd.Series([row] * len(texts), dtype="Int64"),
        cell=pd.Series(cells, dtype="str"),
        field=pd.Series(list(texts), dtype="str"),
        record_key=vocabulary.WHOLE_DISTRICT,
    )
    return [found.assign(message=pd.Series(messages, dtype="str"))]


def only_place(rows: pd.DataFrame, is_accepted: np.ndarray) -> tuple[str | None, int | None]:
    """Return sheet and row of the only row that is counted; of more than one only the sheet."""
    counted = np.flatnonzero(is_accepted)
    if not len(counted):
        return None, None
    first = rows.iloc[counted[0]]
    return first["sheet"], int(first["row_number"]) if len(counted) == 1 else None


def _field(name: str, contract: Contract) -> str:
    """Return the delivered field that a figure shows in."""
    taken = taken_from(contract.kind)
    measure = AREA if name == MEAN else name.removesuffix(_FOLD)
    return taken[measure].fields[0]


def _comparison_text(spec: ExpectationSpec, asked: Believed) -> str:
    """Return the figure and the band it is not in, or what it was before."""
    measure = spec.field
    value = asked.values[measure]
    low, high = spec.arguments["min_value"], spec.arguments["max_value"]
    if measure.endswith(_FOLD) and asked.released:
        own = measure.removesuffix(_FOLD)
        name, unit = metric_name(own), prose_unit(own)
        before = asked.released.figures[own]
        times = "从无到有" if value == _BEYOND else f"为其 {number(value)} 倍"
        return (
            f"{name} {number(asked.figures[own])} {unit}，"
            f"上次发布（{asked.released.month.chinese}）的是 {number(before)} {unit}，"
            f"{times}，应{band_text(low, high)}"
        )
    name, unit = metric_name(measure), prose_unit(measure)
    if value == _BEYOND:
        area = number(asked.figures[AREA])
        return f"{metric_name(AREA)} {area} 万平方米，而{metric_name(COUNT)}为 0"
    return f"{name} {number(value)} {unit}，应{band_text(low, high, unit)}"
