-- An opening that is not last month's closing hides or invents cases: each case that last month's
-- delivery left in the backlog opens this month, and no other, where there was such a delivery.
with

left_open as (

    select
        before.district_id,
        before.case_id
    from {{ ref("stg_alteration_cases_before") }} as before
    cross join {{ source("run", "month") }} as run_month
    inner join {{ ref("int_alteration_opening_basis") }} as basis
        on before.district_id = basis.district_id
    where {{ in_backlog("before", "run_month.month") }}

),

opened as (

    select
        district_id,
        case_id
    from {{ ref("fct_alteration_case_monthly") }}
    where {{ in_run_month() }} and is_opening and opening_basis = 'delivered'

)

(select * from left_open except select * from opened)
union all
(select * from opened except select * from left_open)
