with

cases as (

    select
        *,
        last_day(month) as month_end,
        if(is_closing, 'completion', 'verification') as step,
        if(
            is_closing,
            {{ waiting_since("facts", "facts.month + interval 1 month") }},
            received_on
        ) as started_on
    from {{ ref("fct_alteration_case_monthly") }} as facts
    where
        {{ in_run_month() }}
        and (is_closing or is_awaiting_verification)

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
    cast(cases.month_end - cases.started_on as integer) as waiting_day_count,
    cases.verified_on is null as is_without_first_action,
    deadlines.deadline_day_count,
    coalesce(cases.month_end - cases.started_on > deadlines.deadline_day_count, false) as is_overdue
from cases
left join {{ ref("alteration_deadlines") }} as deadlines
    on
        cases.step = deadlines.step
        and cases.started_on >= deadlines.valid_from
        and cases.started_on <= coalesce(deadlines.valid_to, cases.started_on)
