"""The rows of the topics beside the table: cases, dangerous buildings, assessment, changes.

As in ``rows``: one frozen class for each mart, its fields the mart's columns in the mart's
order, so that the loader selects by them and the workbook prints them as headers. Add a field
when a mart's new column belongs in the bulletin. What is said of them is ``topic_wording``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class CaseFlow:
    """One row of ``rpt_alteration_flow_monthly``: the month's cases as a flow.

    Counts are cases, None without an accepted ledger; ``case_basis`` then is not ``ledger``.
    """

    month: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    opening_count: int | None
    received_count: int | None
    verified_count: int | None
    reopened_count: int | None
    completed_count: int | None
    withdrawn_count: int | None
    adjustment_count: int | None
    closing_count: int | None
    earlier_completed_count: int | None
    case_basis: str
    opening_basis: str | None
    is_partial: bool | None
    is_total: bool


@dataclass(frozen=True)
class OpenCases:
    """One row of ``rpt_alteration_ageing_monthly``: cases waiting for one step so long.

    Counts are cases, None without an accepted ledger.
    """

    month: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    step: str
    age_band_id: str
    age_band_name: str
    age_band_order: int
    open_count: int | None
    no_first_action_count: int | None
    overdue_count: int | None
    is_total: bool


@dataclass(frozen=True)
class ExplainedCase:
    """One row of ``rpt_alteration_explanation_monthly``: a case that explains the month's flow."""

    month: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    case_id: str
    explanation: str
    is_completed_above_verified: bool | None
    adjustment_count: int | None
    town_name: str | None
    received_on: date | None
    verified_on: date | None
    reopened_on: date | None
    completed_on: date | None
    withdrawn_on: date | None
    is_opening: bool | None
    reopened_count: int | None


@dataclass(frozen=True)
class DangerClosure:
    """One row of ``rpt_danger_closure_monthly``: dangerous buildings of one grade.

    Counts are cases, shares fractions; None where no register was accepted, shares of nothing
    None too.
    """

    month: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    grade_code: str
    grade_name: str
    grade_sort_order: int
    opening_count: int | None
    regraded_out_count: int | None
    disappeared_count: int | None
    ever_found_count: int | None
    ever_appraised_count: int | None
    ever_dangerous_count: int | None
    ever_treated_count: int | None
    ever_eliminated_count: int | None
    awaiting_appraisal_count: int | None
    awaiting_treatment_count: int | None
    in_treatment_count: int | None
    not_dangerous_count: int | None
    eliminated_count: int | None
    closed_otherwise_count: int | None
    regraded_worse_count: int | None
    found_count: int | None
    late_found_count: int | None
    reopened_count: int | None
    regraded_in_count: int | None
    eliminated_in_month_count: int | None
    closed_otherwise_in_month_count: int | None
    late_closed_count: int | None
    closing_count: int | None
    due_count: int | None
    overdue_count: int | None
    due_soon_count: int | None
    next_step_overdue_count: int | None
    next_step_soon_count: int | None
    patrol_old_count: int | None
    due_reached_count: int | None
    eliminated_in_time_count: int | None
    ledger_graded_count: int | None
    ledger_without_case_count: int | None
    appraised_share: Decimal | None
    treated_share: Decimal | None
    eliminated_share: Decimal | None
    overdue_share: Decimal | None
    eliminated_in_time_share: Decimal | None
    opening_basis: str
    is_partial: bool
    is_total: bool


@dataclass(frozen=True)
class SupervisedCase:
    """One row of ``rpt_d_grade_supervision``: an open case of grade D under supervision."""

    month: date
    district_id: str
    district_code: str
    district_name: str
    danger_case_id: str
    building_id: str | None
    town_name: str | None
    community_name: str | None
    lead_unit: str | None
    stage_name: str
    stage_since_on: date
    grade_history: str | None
    progress: str | None
    measures: str | None
    treatment: str | None
    treatment_started_on: date | None
    due_on: date | None
    days_to_due: int | None
    is_overdue: bool
    next_step: str | None
    next_step_on: date | None
    is_monitored: bool | None
    monitor_unit: str | None
    last_patrol_on: date | None
    days_since_patrol: int | None
    interim_control: str | None
    warning_codes: str | None
    warnings: str | None


@dataclass(frozen=True)
class Assessment:
    """One row of ``rpt_district_assessment_monthly``: a place's score and rank.

    Scores are points of 100, None where too little has a value; ``no_score_reason`` says why.
    """

    month: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    total_score: Decimal | None
    survey_entry_score: Decimal | None
    hazard_rectification_score: Decimal | None
    score_rank: int | None
    same_rank_count: int | None
    previous_score: Decimal | None
    score_change: Decimal | None
    previous_rank: int | None
    places_gained_count: int | None
    lead_indicator_id: str | None
    lead_indicator_name: str | None
    lead_score_at_target: Decimal | None
    lead_rank_at_target: int | None
    available_weight_share: Decimal | None
    no_score_code: str | None
    no_score_reason: str | None
    missing_indicator_names: str | None
    missing_rule: str | None
    is_example: bool
    score_change_reason: str | None
    places_gained_reason: str | None
    is_total: bool


@dataclass(frozen=True)
class MeasureChange:
    """One row of ``rpt_measure_change_monthly``: one measure compared over time.

    Values are in the measure's unit, shares fractions; None where there is nothing to compare,
    and the reason beside it says why.
    """

    month: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    metric_id: str
    measure_order: int
    kind: str
    measure_value: Decimal | None
    previous_value: Decimal | None
    mom_difference: Decimal | None
    mom_share: Decimal | None
    mom_reason: str | None
    year_ago_value: Decimal | None
    yoy_difference: Decimal | None
    yoy_share: Decimal | None
    yoy_reason: str | None
    ytd_value: Decimal | None
    ytd_reason: str | None
    city_value: Decimal | None
    city_share: Decimal | None
    city_share_reason: str | None
    value_rank: int | None
    is_city_partial: bool
    is_partial: bool
    is_previous_partial: bool
    is_year_ago_partial: bool
    mom_covered_value: Decimal | None
    mom_base_value: Decimal | None
    mom_district_ids: str | None
    mom_reason_code: str | None
    mom_note: str | None
    yoy_covered_value: Decimal | None
    yoy_base_value: Decimal | None
    yoy_district_ids: str | None
    yoy_reason_code: str | None
    yoy_note: str | None
    ytd_reason_code: str | None
    city_share_note: str | None
    ranked_count: int | None
    is_total: bool
