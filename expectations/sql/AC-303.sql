-- Only what had ended is reopened: completed, withdrawn, or dismissed by a visit (不属实, 重复受理).
-- A later visit or end writes over the one that the reopening undid, so only a row without any
-- later one can be asked.
select
    row_number,
    'reopened_on' as field,
    case_id as record_key,
    reopened_on is not null
    and completed_on is null
    and withdrawn_on is null
    and (
        verified_on is null
        or (
            try_cast(verified_on as date) <= try_cast(reopened_on as date)
            and coalesce(verification_result not in ('不属实', '重复受理'), true)
        )
    ) as is_failing
from alteration_cases
order by row_number
