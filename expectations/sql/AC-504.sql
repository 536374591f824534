-- A case that last month's ledger listed as ended is open again, or ends again, only with a day of
-- reopening: in this month, if it was not open when the month began.
select
    cases.row_number,
    'reopened_on' as field,
    cases.case_id as record_key,
    (
        cases.completed_on is null
        and cases.withdrawn_on is null
        and cases.reopened_on is null
    )
    or (
        in_backlog(cases, context.month)
        and not in_month(cases.reopened_on, context.month)
    ) as is_failing
from alteration_cases as cases
cross join context
inner join previous_alteration_cases as earlier on cases.case_id = earlier.case_id
where is_ended(earlier, context.month)
order by cases.row_number
