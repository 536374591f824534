-- Group and contractor are those that the list of groups names for the district.
select
    present.row_number,
    if(
        coalesce(present.inspection_group <> listed.inspection_group, false),
        'inspection_group',
        'contractor'
    ) as field,
    present.inspection_id as record_key,
    coalesce(present.inspection_group <> listed.inspection_group, false)
    or coalesce(present.contractor <> listed.contractor, false) as is_failing
from quality_inspection as present
inner join inspection_groups as listed on present.district = listed.district
order by present.row_number
