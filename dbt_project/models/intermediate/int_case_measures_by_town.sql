with

cases as (

    select
        month,
        district_id,
        town_name,
        source_channel,
        verification_result,
        coalesce(date_trunc('month', received_on) = month, false) as is_received,
        coalesce(date_trunc('month', verified_on) = month, false) as is_checked_on_site,
        coalesce(date_trunc('month', completed_on) = month, false) as is_completed
    from {{ ref("stg_alteration_cases") }}

)

select
    month,
    district_id,
    town_name,
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
group by month, district_id, town_name
