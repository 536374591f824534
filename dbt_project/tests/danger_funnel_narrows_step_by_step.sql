-- 发现—鉴定—治理—消险 is a way with one direction: no more cases have passed a step than the step
-- before it, and none is at a step now that is not counted among those that have ever reached it.
select *
from {{ ref("rpt_danger_closure_monthly") }}
where
    {{ in_run_month() }}
    and not (
        ever_found_count >= ever_appraised_count
        and ever_appraised_count >= ever_dangerous_count
        and ever_dangerous_count >= ever_treated_count
        and ever_treated_count >= ever_eliminated_count
        and ever_eliminated_count >= eliminated_count
        and ever_treated_count >= in_treatment_count + eliminated_count
        and ever_dangerous_count >= awaiting_treatment_count + in_treatment_count + eliminated_count
    )
