"""Faults of figures that nobody measured: areas and heights rounded throughout a town.

Each rounds the surveyed buildings of one town and keeps the sum of the areas, so that only the
endings of the figures show it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.simulation.drafts import Draft
from orchestration.simulation.draws import Ints
from orchestration.simulation.faults.form import Setting, Spot, Writer
from orchestration.simulation.files.columns import hundredths

#: In a town with fewer surveyed buildings round figures prove nothing.
_MIN_BUILDINGS = 120


def round_the_largest_town(
    draft: Draft, _: Setting, *, field: str, step: int, keeps_sum: bool
) -> Spot | None:
    """Round a measure of the largest town to multiples of ``step``, its fraction kept for areas."""
    town, positions = _largest_town(draft)
    if len(positions) < _MIN_BUILDINGS:
        return None
    values = pc.cast(draft.table[field].take(pa.array(positions)), pa.decimal128(18, 2))
    cents = np.array([int(value * 100) for value in values.to_pylist()], np.int64)
    changed = _round(cents, step) + (cents % 100 if keeps_sum else 0)
    if keeps_sum:
        changed[np.argmax(cents)] -= (changed - cents).sum()
    _replace(draft, field, positions, changed)
    return Spot(None, field, town)


def _round(cents: Ints, step: int) -> Ints:
    """Return the nearest multiples of ``step`` whole units, at least one."""
    return np.maximum((cents // 100 + step // 2) // step, 1) * step * 100


def _largest_town(draft: Draft) -> tuple[str, Ints]:
    """Return the town with most surveyed buildings, and their positions."""
    status, town = (
        draft.table[name].combine_chunks().cast(pa.string()) for name in ("survey_status", "town")
    )
    is_surveyed = pc.equal(status, "已排查")
    counts = pc.value_counts(town.filter(is_surveyed)).to_pylist()
    largest = max(counts, key=lambda count: (count["counts"], count["values"]))["values"]
    own = pc.and_(is_surveyed, pc.equal(town, largest))
    return largest, np.flatnonzero(own.to_numpy(zero_copy_only=False))


def _replace(draft: Draft, field: str, positions: Ints, cents: Ints) -> None:
    mask = np.zeros(draft.row_count, bool)
    mask[positions] = True
    values = pc.replace_with_mask(
        draft.table[field].combine_chunks(), pa.array(mask), hundredths(cents)
    )
    draft.rows = draft.table.set_column(draft.table.column_names.index(field), field, values)


WRITERS: tuple[Writer, ...] = (round_the_largest_town,)
