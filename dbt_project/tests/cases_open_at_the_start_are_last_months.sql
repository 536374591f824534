-- An opening that is not last month's closing hides or invents cases: each case that last month's
-- delivery left in the backlog opens this month, and no other, where there was such a delivery.
with

left_open as (

    select
        earlier.district_id,
        earlier.case_id
    from {{ ref("stg_alteration_cases") }} as earlier
    cross join {{ source("run", "month") }} as run_month
    inner join {{ ref("int_alteration_opening_basis") }} as basis
        on earlier.district_id = basis.district_id
    where earlier.month < run_month.month and {{ in_backlog("earlier", "run_month.month") }}

),

opened as (

    select
        district_id,
        case_id
    from {{ ref("fct_alteration_case_monthly") }}
    where {{ in_run_month() }} and is_opening and opening_basis = 'delivered'

)

select
    left_open.case_id as left_open_case_id,
    opened.case_id as opened_case_id
from left_open
full outer join opened
    on left_open.district_id = opened.district_id and left_open.case_id = opened.case_id
where left_open.case_id is null or opened.case_id is null
