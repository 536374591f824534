with

accepted as (

    select
        month,
        district_id
    from {{ ref("int_accepted_deliveries") }}
    where kind = 'building_survey'

),

counted as (

    select
        month,
        district_id,
        sum(surveyed_building_count) as surveyed_building_count,
        sum(surveyed_floor_area_m2) as surveyed_floor_area_m2
    from {{ ref("int_survey_measures_by_place") }}
    group by month, district_id

)

select
    accepted.month,
    accepted.district_id,
    cast(coalesce(counted.surveyed_building_count, 0) as bigint) as surveyed_building_count,
    cast(coalesce(counted.surveyed_floor_area_m2, 0) as decimal(24, 6)) as surveyed_floor_area_m2
from accepted
left join counted
    on accepted.month = counted.month and accepted.district_id = counted.district_id
