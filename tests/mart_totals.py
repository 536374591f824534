"""Which marts hold rows that sum up others, and whether every such row is marked and adds up.

The contracts say which columns are metrics, the registry of which kind: stocks, flows, years to
date and differences add up, nothing else does.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import combinations
from typing import Any

import duckdb
import yaml

from orchestration.publication.open_data.public_marts import MARTS_DIR
from orchestration.reference.metrics import metric_kinds

ADDITIVE = {"stock", "flow", "year_to_date", "difference"}
#: What a row of these columns holds where it sums up the rows that hold others.
WHOLES = {"district_id": "city", "grade_code": "all"}
#: Where ``city`` is who delivered, a place beside the districts and no sum of them; the dimensions
#: list places and count nothing.
WITHOUT_TOTALS = {
    "dim_district",
    "rpt_correction",
    "rpt_delivery",
    "rpt_finding",
    "rpt_verdict",
    "rpt_waiver",
}
#: Figures of the measure that the row names, which add up as the two kinds of measures there do.
OF_A_MEASURE = {"measure_value", "mom_covered_value", "mom_base_value", "previous_value"}
#: Counts that no metric of the registry names.
COUNTED = {"rpt_ledger_field_change_monthly": ["changed_building_count"]}
Contract = dict[str, Any]


@cache
def contracts() -> dict[str, Contract]:
    """Return each mart's model as its yml has it."""
    models = (
        model
        for path in sorted(MARTS_DIR.glob("*/*.yml"))
        for model in yaml.load(path.read_bytes(), yaml.CSafeLoader)["models"]
    )
    return {model["name"]: model for model in models}


def metrics_of(contract: Contract) -> dict[str, str]:
    """Return the metric of each column that is one."""
    found = {
        column["name"]: re.search(r"doc\(\"(\w+)\"\)", column["description"])
        for column in contract["columns"]
    }
    return {name: match[1] for name, match in found.items() if match}


def additive_columns(contract: Contract) -> list[str]:
    """Return the columns that add up: counted ones, not what is estimated anew of each place."""
    kinds, types = metric_kinds(), {c["name"]: c["data_type"] for c in contract["columns"]}
    return COUNTED.get(contract["name"], []) + [
        name
        for name, metric in metrics_of(contract).items()
        if (kinds[metric] in ADDITIVE or metric in OF_A_MEASURE) and types[name] != "double"
    ]


def broken_totals(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return what is wrong with totals in the marts of a warehouse, one sentence each."""
    broken = []
    for name, contract in contracts().items():
        columns = [column["name"] for column in contract["columns"]]
        axes = [axis for axis in WHOLES if axis in columns]
        if name in WITHOUT_TOTALS or not axes:
            continue
        is_whole = " or ".join(f"{axis} = '{WHOLES[axis]}'" for axis in axes)
        if "is_total" not in columns:
            held = connection.execute(f"from marts.{name} where {is_whole} limit 1").fetchall()
            broken += [f"{name} holds totals and does not mark them"] * bool(held)
            continue
        wrong = f"from marts.{name} where is_total is distinct from ({is_whole}) limit 1"
        if connection.execute(wrong).fetchall():
            broken.append(f"{name} marks other rows than its totals")
        for number in range(1, len(axes) + 1):
            for summed in combinations(axes, number):
                broken += _sums(connection, name, contract, axes, summed)
    return broken


def _sums(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    contract: Contract,
    axes: list[str],
    summed: tuple[str, ...],
) -> list[str]:
    """Compare the rows that are whole in ``summed`` with the sums of the rows that are no total."""
    key = [column for column in contract["config"]["meta"]["key"] if column not in summed]
    total = " and ".join(
        f"{axis} {'=' if axis in summed else '!='} '{WHOLES[axis]}'" for axis in axes
    )
    by_key = ", ".join(key)
    broken = []
    for column in additive_columns(contract):
        # an area is rounded once a row, each from its own exact sum
        may_be_area = "_m2" in column or column in OF_A_MEASURE or column.endswith("_difference")
        slack = "0.005 * (part.row_count + 1)" if may_be_area else "0"
        differing = connection.execute(
            f"with part as (from marts.{name} select {by_key}, count(*) as row_count,"
            f" sum({column}) as part_sum where not is_total group by all)"
            f" from marts.{name} as whole left join part using ({by_key})"
            f" select {by_key}, {column}, part_sum where {total} and {column} is not null"
            f" and (part_sum is null or abs({column} - part_sum) > {slack}) limit 1"
        ).fetchall()
        broken += [f"{name}.{column}: {row}" for row in differing]
    return broken
