with

cases as (

    select
        cases.*,
        last_day(cases.month) as month_end,
        if(cases.is_closing, 'completion', 'verification') as step,
        if(
            cases.is_closing,
            {{ waiting_since("cases", "cases.month + interval 1 month") }},
            cases.received_on
        ) as started_on
    from {{ ref("fct_alteration_case_monthly") }} as cases
    inner join {{ source("run", "month") }} as run_month on cases.month = run_month.month
    where cases.is_closing or cases.is_awaiting_verification

)

select
    cases.month,
    cases.district_id,
    cases.case_id,
    cases.town_name,
    cases.alteration_type_name,
    cases.received_on,
    cases.verified_on,
    cases.ordered_on,
    cases.reopened_on,
    cases.step,
    cases.started_on,
    cast({{ days_between("cases.started_on", "cases.month_end") }} as integer) as waiting_day_count,
    cases.verified_on is null as is_without_first_action,
    deadlines.deadline_day_count,
    coalesce(
        {{ days_between("cases.started_on", "cases.month_end") }} > deadlines.deadline_day_count,
        false
    ) as is_overdue
from cases
left join {{ ref("alteration_deadlines") }} as deadlines
    on
        cases.step = deadlines.step
        and cases.started_on >= deadlines.valid_from
        and cases.started_on <= coalesce(deadlines.valid_to, cases.started_on)
