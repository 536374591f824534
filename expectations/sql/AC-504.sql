-- A case that last month's ledger listed as ended is open again only with a day of reopening.
select
    cases.row_number,
    'reopened_on' as field,
    cases.case_id as record_key,
    cases.completed_on is null
    and cases.withdrawn_on is null
    and cases.reopened_on is null as is_failing
from alteration_cases as cases
cross join context
inner join previous_alteration_cases as earlier on cases.case_id = earlier.case_id
where is_ended(earlier, context.month)
order by cases.row_number
