-- A zero says that nothing happened, a null that nobody told us: exactly the measures without a
-- basis are null, and a row with such a measure is partial.
with

figures as (

    select * from {{ ref("rpt_district_monthly") }}
    where {{ in_run_month() }}

)

select *
from figures
where
    (survey_basis = 'missing') != (surveyed_building_count is null)
    or (survey_basis = 'missing') != (surveyed_floor_area_10k_m2 is null)
    or (survey_basis = 'missing') != (surveyed_floor_area_m2 is null)
    or (case_basis = 'missing') != (suspected_complaint_count is null)
    or (case_basis = 'missing') != (suspected_patrol_count is null)
    or (case_basis = 'missing') != (verified_count is null)
    or (case_basis = 'missing') != (completed_count is null)
    or (not is_partial and 'missing' in (survey_basis, case_basis))
