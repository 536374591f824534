-- A re-inspection follows a first inspection that did not pass, after it was rectified. One whose
-- first inspection is quarantined is not asked about.
with unusable as (
    select listed.inspection_id
    from listed_quality_inspection as listed
    anti join quality_inspection as usable on listed.record_key = usable.record_key
    where listed.round = '初检'
)

select
    again.row_number,
    'inspected_on' as field,
    again.inspection_id as record_key,
    first_round.inspection_id is null
    or coalesce(first_round.conclusion, '') <> '不通过'
    or first_round.rectified_on is null
    or coalesce(
        try_cast(again.inspected_on as date) < try_cast(first_round.rectified_on as date), false
    ) as is_failing
from quality_inspection as again
left join quality_inspection as first_round
    on again.inspection_id = first_round.inspection_id and first_round.round = '初检'
where
    again.round = '复检' and again.inspection_id not in (
        select unusable.inspection_id from unusable
        where unusable.inspection_id is not null
    )
order by again.row_number
