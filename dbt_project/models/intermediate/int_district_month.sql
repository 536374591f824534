with

districts as (

    select
        *,
        cast(first_month || '-01' as date) as valid_from,
        cast(last_month || '-01' as date) as valid_to
    from {{ ref("districts") }}

)

select
    run_month.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    districts.level
from {{ source("run", "month") }} as run_month
inner join districts
    on
        run_month.month >= districts.valid_from
        and run_month.month <= coalesce(districts.valid_to, run_month.month)
