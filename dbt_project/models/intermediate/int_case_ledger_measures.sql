with

accepted as (

    select
        month,
        district_id
    from {{ ref("int_accepted_deliveries") }}
    where kind = 'alteration_cases'

),

counted as (

    select
        month,
        district_id,
        sum(suspected_complaint_count) as suspected_complaint_count,
        sum(suspected_patrol_count) as suspected_patrol_count,
        sum(verified_count) as verified_count,
        sum(completed_count) as completed_count
    from {{ ref("int_case_measures_by_town") }}
    group by month, district_id

)

select
    accepted.month,
    accepted.district_id,
    cast(coalesce(counted.suspected_complaint_count, 0) as bigint) as suspected_complaint_count,
    cast(coalesce(counted.suspected_patrol_count, 0) as bigint) as suspected_patrol_count,
    cast(coalesce(counted.verified_count, 0) as bigint) as verified_count,
    cast(coalesce(counted.completed_count, 0) as bigint) as completed_count
from accepted
left join counted
    on accepted.month = counted.month and accepted.district_id = counted.district_id
