select
    month,
    'city' as district_id,
    {{ common_basis("survey_basis") }} as survey_basis,
    {{ common_basis("case_basis") }} as case_basis,
    cast(sum(surveyed_building_count) as bigint) as surveyed_building_count,
    cast(sum(surveyed_floor_area_m2) as decimal(24, 6)) as surveyed_floor_area_m2,
    cast(sum(suspected_complaint_count) as bigint) as suspected_complaint_count,
    cast(sum(suspected_patrol_count) as bigint) as suspected_patrol_count,
    cast(sum(verified_count) as bigint) as verified_count,
    cast(sum(completed_count) as bigint) as completed_count,
    bool_or(is_partial) as is_partial
from {{ ref("int_measures_by_basis") }}
group by month
