-- A case's building stands in the district's own ledger, or a change says what became of it; a
-- case may name none.
select
    cases.row_number,
    'building_id' as field,
    cases.case_id as record_key,
    listed.building_id is null and changed.building_id is null as is_failing
from alteration_cases as cases
left join listed_building as listed on cases.building_id = listed.building_id
left join changed_buildings() as changed on cases.building_id = changed.building_id
where cases.building_id is not null
order by cases.row_number
