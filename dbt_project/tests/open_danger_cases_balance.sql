-- No dangerous building leaves the books unexplained: what was open, came in, changed its grade,
-- was closed or is no longer listed gives what is open now, in every district and grade.
select *
from {{ ref("rpt_danger_closure_monthly") }}
where
    {{ in_run_month() }}
    and opening_count
    + found_count
    + late_found_count
    + reopened_count
    + regraded_in_count
    - regraded_out_count
    - eliminated_in_month_count
    - closed_otherwise_in_month_count
    - late_closed_count
    - disappeared_count
    != closing_count
