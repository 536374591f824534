-- A case ends once: completed and withdrawn, it was reopened after the first of
-- the two.
select
    row_number,
    'withdrawn_on' as field,
    case_id as record_key,
    completed_on is not null
    and withdrawn_on is not null
    and not coalesce(
        try_cast(reopened_on as date)
        >= least(try_cast(completed_on as date), try_cast(withdrawn_on as date)),
        false
    ) as is_failing
from alteration_cases
order by row_number
