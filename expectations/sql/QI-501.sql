-- Every inspection of last month's delivery stands in this month's with the same conclusion.
with listed as (select distinct record_key from listed_quality_inspection)

select
    present.row_number,
    'conclusion' as field,
    earlier.record_key,
    listed.record_key is null
    or coalesce(coalesce(present.conclusion, '') <> earlier.conclusion, false) as is_failing
from previous_quality_inspection as earlier
left join listed on earlier.record_key = listed.record_key
left join quality_inspection as present on earlier.record_key = present.record_key
where listed.record_key is null or present.record_key is not null
order by earlier.record_key
