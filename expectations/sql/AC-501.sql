-- Every case that last month's ledger left in the backlog stands in this month's.
select
    null::integer as row_number,
    'case_id' as field,
    previous_cases.case_id as record_key,
    cases.case_id is null as is_failing
from previous_alteration_cases as previous_cases
cross join context
left join alteration_cases as cases on previous_cases.case_id = cases.case_id
where
    in_backlog(
        previous_cases.verification_result,
        previous_cases.verified_on,
        previous_cases.completed_on,
        previous_cases.withdrawn_on,
        previous_cases.reopened_on,
        context.month
    )
order by record_key
