-- Every case that last month's ledger left in the backlog stands in this month's.
with listed as (select distinct case_id from listed_alteration_cases)

select
    null::integer as row_number,
    'case_id' as field,
    earlier.case_id as record_key,
    listed.case_id is null as is_failing
from previous_alteration_cases as earlier
cross join context
left join listed on earlier.case_id = listed.case_id
where in_backlog(earlier, context.month)
order by record_key
