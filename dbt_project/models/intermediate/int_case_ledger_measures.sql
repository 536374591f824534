with

accepted as (

    select
        month,
        district_id
    from {{ ref("int_accepted_deliveries") }}
    where kind = 'alteration_cases'

),

cases as (

    select
        month,
        district_id,
        source_channel,
        verification_result,
        coalesce(date_trunc('month', received_on) = month, false) as is_received,
        coalesce(date_trunc('month', verified_on) = month, false) as is_checked_on_site,
        coalesce(date_trunc('month', completed_on) = month, false) as is_completed
    from {{ ref("stg_alteration_cases") }}

),

counted as (

    select
        month,
        district_id,
        count(*) filter (
            where is_received and source_channel = '投诉举报'
        ) as suspected_complaint_count,
        count(*) filter (
            where is_received and source_channel = '巡查发现'
        ) as suspected_patrol_count,
        count(*) filter (
            where is_checked_on_site and verification_result = '属实'
        ) as verified_count,
        count(*) filter (where is_completed) as completed_count
    from cases
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
