-- The original of a double stands in this month's ledger or last month's.
select
    cases.row_number,
    'duplicate_of' as field,
    cases.case_id as record_key,
    cases.duplicate_of not in (
        select listed.case_id from alteration_cases as listed
        union
        select earlier.case_id from previous_alteration_cases as earlier
    ) as is_failing
from alteration_cases as cases
where cases.duplicate_of is not null
order by cases.row_number
