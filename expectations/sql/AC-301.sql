-- Each case balances: open at start + verified + reopened - completed - withdrawn = open at end.
-- Only a verified case (属实) enters the backlog; a closing before a reopening counts no more.
with cases as (
    select
        row_number,
        case_id,
        coalesce(verification_result = '属实', false) as is_confirmed,
        try_cast(verified_on as date) as verified_on,
        try_cast(completed_on as date) as completed_on,
        try_cast(withdrawn_on as date) as withdrawn_on,
        try_cast(reopened_on as date) as reopened_on
    from alteration_cases
),

bounds as (
    select month as first_day, (month + interval 1 month)::date as next_first_day from context
),

open_at as (
    select
        cases.row_number,
        cases.case_id,
        days.first_day,
        coalesce(
            cases.is_confirmed
            and cases.verified_on < days.first_day
            and not coalesce(
                cases.completed_on < days.first_day
                and not coalesce(
                    cases.reopened_on >= cases.completed_on
                    and cases.reopened_on < days.first_day, false
                ), false
            )
            and not coalesce(
                cases.withdrawn_on < days.first_day
                and not coalesce(
                    cases.reopened_on >= cases.withdrawn_on
                    and cases.reopened_on < days.first_day, false
                ), false
            ), false
        ) as is_open
    from cases
    cross join (
        select first_day from bounds
        union all
        select next_first_day from bounds
    ) as days
),

flows as (
    select
        cases.row_number,
        cases.case_id,
        opening.is_open::integer as opening,
        closing.is_open::integer as closing,
        (cases.is_confirmed and date_trunc('month', cases.verified_on) = bounds.first_day)::integer
            as verified,
        (date_trunc('month', cases.reopened_on) = bounds.first_day)::integer as reopened,
        (date_trunc('month', cases.completed_on) = bounds.first_day)::integer as completed,
        (cases.is_confirmed and date_trunc('month', cases.withdrawn_on) = bounds.first_day)::integer
            as withdrawn
    from cases
    cross join bounds
    inner join open_at as opening
        on cases.row_number = opening.row_number and bounds.first_day = opening.first_day
    inner join open_at as closing
        on cases.row_number = closing.row_number and bounds.next_first_day = closing.first_day
)

select
    row_number,
    'completed_on' as field,
    case_id as record_key,
    opening + coalesce(verified, 0) + coalesce(reopened, 0)
    - coalesce(completed, 0) - coalesce(withdrawn, 0) <> closing as is_failing
from flows
order by row_number
