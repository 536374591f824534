-- Every case that was in the backlog when the month began was left there by last month's ledger;
-- one that it listed as ended is asked about by AC-504.
select
    cases.row_number,
    'verified_on' as field,
    cases.case_id as record_key,
    not in_backlog(earlier, context.month) and not is_ended(earlier, context.month) as is_failing
from alteration_cases as cases
cross join context
left join previous_alteration_cases as earlier on cases.case_id = earlier.case_id
where in_backlog(cases, context.month)
order by cases.row_number
