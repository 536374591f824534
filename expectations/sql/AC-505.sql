-- A case that last month's ledger left in the backlog was there when this month began: neither its
-- result nor a date of an earlier month is changed afterwards. One that ended, was reopened and
-- ended again within the month looks as if it had not been, and is not asked about.
select
    cases.row_number,
    'verified_on' as field,
    cases.case_id as record_key,
    not in_backlog(cases, context.month)
    and not coalesce(
        cases.verification_result = '属实'
        and try_cast(cases.verified_on as date) < context.month
        and is_end_hidden(cases)
        and in_month(cases.reopened_on, context.month),
        false
    ) as is_failing
from alteration_cases as cases
cross join context
inner join previous_alteration_cases as earlier on cases.case_id = earlier.case_id
where in_backlog(earlier, context.month)
order by cases.row_number
