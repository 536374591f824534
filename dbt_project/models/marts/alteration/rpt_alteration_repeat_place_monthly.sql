with

-- The latest state of each case by the run's month; a duplicate (重复受理) is no repetition.
cases as (

    select facts.*
    from {{ ref("fct_alteration_case_monthly") }} as facts
    inner join {{ source("run", "month") }} as run_month on facts.month <= run_month.month
    where facts.is_listed and facts.place_key is not null
    qualify
        row_number() over (
            partition by facts.district_id, facts.case_id
            order by facts.month desc
        ) = 1

),

places as (

    select
        district_id,
        place_key,
        count(*) as case_count,
        min(received_on) as first_received_on,
        max(received_on) as last_received_on,
        count(*) filter (where verification_result = '属实') as repeat_verified_count,
        {{ joined("case_id", "、", "received_on, case_id") }} as case_ids
    from cases
    where verification_result is distinct from '重复受理'
    group by district_id, place_key
    having count(*) > 1

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    places.place_key,
    places.case_count,
    places.repeat_verified_count,
    places.first_received_on,
    places.last_received_on,
    places.case_ids
from places
inner join {{ ref("int_district_month") }} as districts
    on places.district_id = districts.district_id
order by districts.sort_order, places.place_key
