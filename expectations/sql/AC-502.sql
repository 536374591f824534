-- Every case that was in the backlog when the month began was left there by last month's ledger.
with left_open as (
    select previous_cases.case_id
    from previous_alteration_cases as previous_cases
    cross join context
    where
        in_backlog(
            previous_cases.verification_result,
            previous_cases.verified_on,
            previous_cases.completed_on,
            previous_cases.withdrawn_on,
            previous_cases.reopened_on,
            context.month
        )
)

select
    cases.row_number,
    'verified_on' as field,
    cases.case_id as record_key,
    left_open.case_id is null as is_failing
from alteration_cases as cases
cross join context
left join left_open on cases.case_id = left_open.case_id
where
    in_backlog(
        cases.verification_result,
        cases.verified_on,
        cases.completed_on,
        cases.withdrawn_on,
        cases.reopened_on,
        context.month
    )
order by cases.row_number
