-- Every case that last month's ledger left in the backlog stands in this month's.
with left_open as (
    select case_id
    from previous_alteration_cases cross join context
    where
        verification_result = '属实'
        and try_cast(verified_on as date) < context.month
        and (
            greatest(try_cast(completed_on as date), try_cast(withdrawn_on as date)) is null
            or try_cast(reopened_on as date)
            >= greatest(try_cast(completed_on as date), try_cast(withdrawn_on as date))
        )
)

select
    null::integer as row_number,
    'case_id' as field,
    left_open.case_id as record_key,
    alteration_cases.case_id is null as is_failing
from left_open
left join alteration_cases on left_open.case_id = alteration_cases.case_id
order by record_key
