with

districts as (

    select * from {{ ref("int_district_month") }}

),

figures as (

    select * from {{ ref("int_measures_by_basis") }}
    union all
    select * from {{ ref("int_city_measures") }}

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    figures.surveyed_building_count,
    {{ round_half_up_10k("figures.surveyed_floor_area_m2") }} as surveyed_floor_area_10k_m2,
    cast(figures.surveyed_floor_area_m2 as decimal(18, 2)) as surveyed_floor_area_m2,
    figures.suspected_complaint_count,
    figures.suspected_patrol_count,
    figures.verified_count,
    figures.completed_count,
    figures.survey_basis,
    figures.case_basis,
    figures.is_partial,
    'provisional' as status,
    0 as vintage,
    {{ is_total("districts.district_id") }} as is_total
from districts
left join figures
    on districts.month = figures.month and districts.district_id = figures.district_id
order by districts.sort_order
