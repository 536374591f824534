-- A dangerous building stands in the district's own ledger, or a change says what became of it.
select
    danger_cases.row_number,
    'building_id' as field,
    danger_cases.danger_case_id as record_key,
    danger_cases.building_id is not null
    and listed.building_id is null
    and changed.building_id is null
    and danger_cases.closed_on is null as is_failing
from danger_cases
left join listed_building as listed on danger_cases.building_id = listed.building_id
left join changed_buildings() as changed on danger_cases.building_id = changed.building_id
order by danger_cases.row_number
