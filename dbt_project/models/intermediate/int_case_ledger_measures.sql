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
        count(*) filter (
            where {{ counted_rows("suspected_complaint_count") }}
        ) as suspected_complaint_count,
        count(*) filter (
            where {{ counted_rows("suspected_patrol_count") }}
        ) as suspected_patrol_count,
        count(*) filter (where {{ counted_rows("verified_count") }}) as verified_count,
        count(*) filter (where {{ counted_rows("completed_count") }}) as completed_count
    from {{ ref("stg_alteration_cases") }}
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
