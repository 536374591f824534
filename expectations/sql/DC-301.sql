-- Appraisals of one case follow one another in time, and are of one building.
with appraisals as (
    select
        row_number,
        danger_case_id,
        building_id,
        try_cast(appraised_on as date) as appraised_on,
        lag(try_cast(appraised_on as date)) over case_order as appraised_before,
        lag(building_id) over case_order as building_before
    from danger_cases
    window case_order as (
        partition by danger_case_id
        order by try_cast(appraisal_no as integer), row_number
    )
)

select
    row_number,
    'appraised_on' as field,
    danger_case_id as record_key,
    coalesce(appraised_on < appraised_before, false) as is_failing
from appraisals
union all
select
    row_number,
    'building_id' as field,
    danger_case_id as record_key,
    coalesce(building_id <> building_before, false) as is_failing
from appraisals
order by row_number, field
