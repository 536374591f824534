-- Every inspection of last month's delivery stands in this month's with the same conclusion.
select
    present.row_number,
    'conclusion' as field,
    concat_ws(' ', earlier.inspection_id, earlier.round) as record_key,
    present.inspection_id is null
    or coalesce(coalesce(present.conclusion, '') <> earlier.conclusion, false) as is_failing
from previous_quality_inspection as earlier
left join quality_inspection as present
    on earlier.inspection_id = present.inspection_id and earlier.round = present.round
order by record_key
