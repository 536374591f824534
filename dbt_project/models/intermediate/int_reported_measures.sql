with

accepted as (

    select
        month,
        district_id
    from {{ ref("int_accepted_deliveries") }}
    where kind = 'monthly_report'

),

summed as (

    select
        month,
        district_id,
        cast(sum(surveyed_building_count) as bigint) as surveyed_building_count,
        cast(
            cast(sum(surveyed_floor_area_10k_m2) as decimal(24, 6)) * 10000 as decimal(24, 6)
        ) as surveyed_floor_area_m2,
        cast(sum(suspected_complaint_count) as bigint) as suspected_complaint_count,
        cast(sum(suspected_patrol_count) as bigint) as suspected_patrol_count,
        cast(sum(verified_count) as bigint) as verified_count,
        cast(sum(completed_count) as bigint) as completed_count
    from {{ ref("stg_monthly_report") }}
    group by month, district_id

)

select
    accepted.month,
    accepted.district_id,
    summed.surveyed_building_count,
    summed.surveyed_floor_area_m2,
    summed.suspected_complaint_count,
    summed.suspected_patrol_count,
    summed.verified_count,
    summed.completed_count
from accepted
left join summed
    on accepted.month = summed.month and accepted.district_id = summed.district_id
