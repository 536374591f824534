-- A ledger that still lists cases ended before the month, and is last month's row by row, is a
-- copy: an ended case is not listed again.
select
    null::integer as row_number,
    'case_id' as field,
    '本地区' as record_key,
    present.content_hash = earlier.content_hash
    and present.row_count = earlier.row_count
    and exists (
        select cases.case_id
        from alteration_cases as cases
        cross join context
        where
            is_ended(cases, context.month)
            or (
                cases.verification_result in ('不属实', '重复受理')
                and try_cast(cases.verified_on as date) < context.month
            )
    ) as is_failing
from content_of('alteration_cases') as present
cross join content_of('previous_alteration_cases') as earlier
