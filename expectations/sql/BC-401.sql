-- A building that a change of this month ended has left the ledger, unless it is also what became.
with became as (select distinct new_building_id as building_id from building_changes)

select
    changes.row_number,
    'old_building_id' as field,
    changes.change_id as record_key,
    building_survey.building_id is not null and became.building_id is null as is_failing
from building_changes as changes
cross join context
left join building_survey on changes.old_building_id = building_survey.building_id
left join became
    on changes.old_building_id = became.building_id
where
    in_month(changes.changed_on, context.month)
    and changes.old_building_id is not null
    and changes.change_type <> '新增'
order by changes.row_number
