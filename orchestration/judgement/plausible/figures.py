"""The figures that a delivery's accepted rows give: what a month would count of it.

Counted by the one definition behind dbt's models and ``fangan explain`` (``reference.measures``),
before anything is written. Add nothing that counts otherwise; what figures may be is
``plausibility``'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from orchestration.formats.sql import in_memory
from orchestration.reference.contracts import Contract, load_contracts
from orchestration.reference.measures import (
    EXACT_AREA,
    MEASURED,
    REPORT,
    Measured,
    counted_condition,
)

#: Measure → number: an int for a count, a Decimal with two places for an area.
Figures = Mapping[str, int | Decimal]
_CENT = Decimal("0.01")
#: What follows from count and area, and is asked about beside them.
MEAN = "mean_floor_area_m2"
#: Room for the largest number that a cell may hold, and for all its places.
_TYPES = {"date": "date", "integer": "bigint", "decimal": "decimal(38, 12)"}


@dataclass(frozen=True)
class Taken:
    """How a kind gives a measure: the fields it is taken from, and the aggregate in SQL.

    The first field is where the measure shows. The aggregate times ``factor`` is in the
    measure's unit; ``nothing`` is what no counted row gives.
    """

    fields: tuple[str, ...]
    aggregate: str
    factor: Decimal
    nothing: Decimal | None


@cache
def taken_from(kind: str) -> Mapping[str, Taken]:
    """Return how each figure that a kind gives is taken from its rows; most kinds give none."""
    if kind == REPORT:
        return {
            name: Taken((how.reported,), f"sum({how.reported})", Decimal(1), None)
            for name, how in MEASURED.items()
            if name != EXACT_AREA  # a report states its area in the other unit
        }
    return {name: _counted(how) for name, how in MEASURED.items() if how.ledger == kind}


def _counted(how: Measured) -> Taken:
    condition = counted_condition(how.condition)
    known = load_contracts()[how.ledger].fields
    fields = [name for name in dict.fromkeys(re.findall(r"\w+", condition)) if name in known]
    rows = f"filter (where {condition})"
    if how.summed is None:
        return Taken(tuple(fields), f"count(*) {rows}", Decimal(1), Decimal(0))
    summed = f"sum({how.summed}) {rows}"
    return Taken((how.summed, *fields), summed, how.ledger_factor, Decimal(0))


def delivery_figures(
    rows: pd.DataFrame, is_accepted: np.ndarray, contract: Contract, month: date | None
) -> Figures:
    """Return the figures that the accepted ones of a delivery's rows give.

    ``rows`` is the frame of ``frames.rows_frame``, ``month`` the first day of the month. A
    kind that gives no figures has none, and neither has a delivery all of whose rows are held
    back: that is no 0.
    """
    taken = taken_from(contract.kind)
    if not taken or (len(rows) and not is_accepted.any()):
        return {}
    fields = sorted({name for how in taken.values() for name in how.fields})
    table = pa.table({name: pa.array(rows[name]) for name in fields})
    if not is_accepted.all():
        table = table.filter(pa.array(is_accepted))
    types = {name: _TYPES.get(contract.column(name).type, "varchar") for name in fields}
    columns = ", ".join(f"try_cast({n}::varchar as {t}) as {n}" for n, t in types.items())
    query = (
        f"select {', '.join(how.aggregate for how in taken.values())} "  # noqa: S608 - a contract's names, our own condition
        f"from (select ?::date as month, {columns} from delivered)"
    )
    with _database().cursor() as connection:
        connection.register("delivered", table)
        [found] = connection.execute(query, [month]).fetchall()
    figures = {}
    for (measure, how), value in zip(taken.items(), found, strict=True):
        known = how.nothing if value is None else Decimal(value) * how.factor
        if known is not None:
            figures[measure] = _figure(measure, known)
    return figures


def _figure(measure: str, value: Decimal) -> int | Decimal:
    return int(value) if measure.endswith("_count") else value.quantize(_CENT, "ROUND_HALF_UP")


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return in_memory()
