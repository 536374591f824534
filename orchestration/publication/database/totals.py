"""Which rows of the published marts are totals: the city, and all grades of dangerous buildings.

Marts with such rows mark them in ``is_total``, set by dbt's macro of that name. Rows kept, or
warehouses built, before the column existed get it here by the same rule. Add a mart to
``WITH_TOTALS`` when its contract gets the column: a test compares the two.
"""

from __future__ import annotations

from collections.abc import Collection

IS_TOTAL = "is_total"
WITH_TOTALS = frozenset(
    {
        "fct_assessment_indicator_monthly",
        "fct_data_quality_monthly",
        "rpt_alteration_ageing_monthly",
        "rpt_alteration_cohort",
        "rpt_alteration_duration_monthly",
        "rpt_alteration_flow_by_group_monthly",
        "rpt_alteration_flow_monthly",
        "rpt_alteration_oldest_monthly",
        "rpt_code_matching_monthly",
        "rpt_danger_closure_monthly",
        "rpt_data_quality_monthly",
        "rpt_district_assessment_monthly",
        "rpt_district_monthly",
        "rpt_inspection_issue",
        "rpt_inspection_progress",
        "rpt_ledger_change_monthly",
        "rpt_ledger_field_change_monthly",
        "rpt_measure_change_monthly",
    }
)
#: The value by which each column marks a total.
_WHOLES = {"district_id": "city", "grade_code": "all"}


def with_totals(table: str, columns: Collection[str], rows: str) -> str:
    """Return ``rows``, a query over a mart of these columns, with ``is_total`` filled in.

    A mart without totals, or without the columns that mark them, is returned unchanged.
    """
    conditions = [f"{name} = '{whole}'" for name, whole in _WHOLES.items() if name in columns]
    if table not in WITH_TOTALS or not conditions:
        return rows
    condition = " or ".join(conditions)
    if IS_TOTAL not in columns:
        return f"select *, {condition} as {IS_TOTAL} from ({rows})"  # noqa: S608 - our names
    filled = f"coalesce({IS_TOTAL}, {condition}) as {IS_TOTAL}"
    return f"select * replace ({filled}) from ({rows})"  # noqa: S608 - our names
