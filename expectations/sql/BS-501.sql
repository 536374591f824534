-- Every building of last month's ledger stands in this month's, or a change says why not.
with changed as (
    select distinct old_building_id from building_changes
)

select
    null::integer as row_number,
    'building_id' as field,
    previous_building_survey.building_id as record_key,
    listed.building_id is null and changed.old_building_id is null as is_failing
from previous_building_survey
left join listed_building as listed on previous_building_survey.building_id = listed.building_id
left join changed on previous_building_survey.building_id = changed.old_building_id
order by record_key
