-- Every case that was in the backlog when the month began was left there by last month's ledger.
with opening as (
    select
        alteration_cases.row_number,
        alteration_cases.case_id
    from alteration_cases cross join context
    where
        verification_result = '属实'
        and try_cast(verified_on as date) < context.month
        and coalesce(try_cast(completed_on as date) >= context.month, true)
        and coalesce(try_cast(withdrawn_on as date) >= context.month, true)
        and coalesce(try_cast(reopened_on as date) < context.month, true)
),

left_open as (
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
    opening.row_number,
    'verified_on' as field,
    opening.case_id as record_key,
    left_open.case_id is null as is_failing
from opening
left join left_open on opening.case_id = left_open.case_id
order by opening.row_number
