-- A case is in one stage and no other: the stages add up to the cases, the
-- open ones to what is open.
select *
from {{ ref("rpt_danger_closure_monthly") }}
where
    {{ in_run_month() }}
    and (
        awaiting_appraisal_count
        + awaiting_treatment_count
        + in_treatment_count
        + not_dangerous_count
        + eliminated_count
        + closed_otherwise_count
        != ever_found_count
        or awaiting_appraisal_count
        + awaiting_treatment_count
        + in_treatment_count
        + not_dangerous_count
        != closing_count
    )
