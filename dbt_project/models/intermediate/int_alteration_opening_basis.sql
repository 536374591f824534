with

run_month as (

    select * from {{ source("run", "month") }}

),

known_before as (

    select district_id from {{ ref("stg_alteration_cases") }}
    where {{ before_run_month() }}
    union
    select delivery.district_id
    from {{ ref("rpt_delivery") }} as delivery
    inner join run_month on delivery.month = run_month.month - interval 1 month
    where
        delivery.kind = 'alteration_cases'
        and delivery.state in ('accepted', 'accepted_with_quarantine')

)

select
    accepted.month,
    accepted.district_id,
    if(known_before.district_id is null, 'derived', 'delivered') as opening_basis
from {{ ref("int_accepted_deliveries") }} as accepted
left join known_before on accepted.district_id = known_before.district_id
where accepted.kind = 'alteration_cases'
