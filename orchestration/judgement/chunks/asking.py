"""A delivery's rows asked by the rules on rows, in one frame or in frames of bounded size.

Almost every rule looks at one row. What is unique is asked of all rows, of which only the columns
that it names are in memory. In the end only rows that fail anything are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.checks import expectation_specs
from expectations.context import Context
from expectations.rule_files import RuleBook
from expectations.rulebook import Rule, Unique
from orchestration.ingest.landing import landing_chunks, read_landing
from orchestration.judgement.frames import frame_of, unique_frame
from orchestration.judgement.judged_rules import JudgedRule, judge_rules
from orchestration.judgement.plausible.figures import taken_from
from orchestration.reference.contracts import Contract

#: A delivery of fewer cells is one frame: a ledger of a million buildings, a register of three
#: million codes. A frame costs less time, and of so many cells less than a gigabyte.
CELLS_AT_ONCE = 32_000_000


@dataclass(frozen=True)
class AskedRows:
    """Rules asked of a delivery's rows, and the rows that they point to.

    ``rows`` holds all rows of a small delivery; of a large one those that fail a rule, at
    ``positions`` of all ``length``. ``counted`` has the fields of all rows that figures need.
    """

    judged: Sequence[JudgedRule]
    rows: pd.DataFrame
    length: int
    counted: pd.DataFrame
    positions: np.ndarray | None = None

    def of_all(self, values: np.ndarray, other: object) -> np.ndarray:
        """Return what is known of ``rows`` for all rows of the delivery, ``other`` elsewhere."""
        if self.positions is None:
            return values
        spread = np.full(self.length, other, dtype=values.dtype)
        spread[self.positions] = values
        return spread


def rows_at_once(contract: Contract) -> int:
    """Return how many rows of a kind are one frame."""
    return max(1, CELLS_AT_ONCE // len(contract.columns))


def ask_rows(
    landing: Path, contract: Contract, book: RuleBook, context: Context, rules: Sequence[Rule]
) -> AskedRows:
    """Ask the rules on rows of what landed."""
    length = pq.read_metadata(landing).num_rows
    if length <= rows_at_once(contract):
        frame = frame_of(read_landing(landing), contract, book)
        return AskedRows(judge_rules(rules, frame, context), frame, length, frame)
    found = _Found()
    by_row = [rule for rule in rules if not isinstance(rule.test, Unique)]
    for first, chunk in landing_chunks(landing, rows_at_once(contract)):
        found.add(judge_rules(by_row, frame_of(chunk, contract, book), context), first)
    for rule in rules:
        if isinstance(rule.test, Unique):
            names = list(rule.test.columns)
            keys = unique_frame(read_landing(landing, ["row_number", *names]), names, contract)
            found.add(judge_rules([rule], keys, context), 0)
    failing = found.positions(length)
    rows = _rows_at(landing, failing, contract, book)
    judged = [found.judged(rule, context, failing) for rule in rules]
    return AskedRows(judged, rows, length, _counted(landing, contract), failing)


def _rows_at(
    landing: Path, positions: np.ndarray, contract: Contract, book: RuleBook
) -> pd.DataFrame:
    """Return the frame of the rows at these positions, which are in order."""
    found: list[pd.DataFrame] = []
    for first, chunk in landing_chunks(landing, rows_at_once(contract)):
        here = positions[(positions >= first) & (positions < first + chunk.num_rows)]
        if len(here) or not found:
            found.append(frame_of(chunk.take(pa.array(here - first)), contract, book))
    return pd.concat(found)


def _counted(landing: Path, contract: Contract) -> pd.DataFrame:
    """Return sheet, row number and what figures are counted from, of all rows."""
    fields = {name for how in taken_from(contract.kind).values() for name in how.fields}
    names = ["sheet", "row_number", *sorted(fields)]
    table = read_landing(landing, names)
    return pd.DataFrame({name: table[name].to_pandas() for name in names})


class _Found:
    """What rules found in chunks: the positions that fail, by rule and expectation."""

    def __init__(self) -> None:
        self._errors: dict[str, str] = {}
        self._failures: dict[str, dict[str, list[np.ndarray]]] = {}

    def add(self, judged: Sequence[JudgedRule], first: int) -> None:
        """Take in what was found in rows from the position ``first`` on."""
        for one in judged:
            if one.error is not None:
                self._errors.setdefault(one.rule.id, one.error)
            for spec, positions in one.failures:
                of_rule = self._failures.setdefault(one.rule.id, {})
                of_rule.setdefault(spec.field, []).append(positions + first)

    def positions(self, length: int) -> np.ndarray:
        """Return the positions of the rows that fail any rule, in order."""
        failing = np.zeros(length, dtype=bool)
        for of_rule in self._failures.values():
            for found in of_rule.values():
                failing[np.concatenate(found)] = True
        return np.flatnonzero(failing)

    def judged(self, rule: Rule, context: Context, positions: np.ndarray) -> JudgedRule:
        """Return a rule as if asked at once, its failures as places among ``positions``."""
        of_rule = self._failures.get(rule.id, {})
        failures = [
            (spec, np.searchsorted(positions, np.concatenate(of_rule[spec.field])))
            for spec in expectation_specs(rule, context)
            if spec.field in of_rule
        ]
        return JudgedRule(rule, failures, self._errors.get(rule.id))
