-- A building that a change of this month brought stands in the ledger, unless another ended it.
with ended as (select distinct old_building_id as building_id from building_changes)

select
    changes.row_number,
    'new_building_id' as field,
    changes.change_id as record_key,
    listed.building_id is null and ended.building_id is null as is_failing
from building_changes as changes
cross join context
left join listed_building as listed on changes.new_building_id = listed.building_id
left join ended
    on changes.new_building_id = ended.building_id
where in_month(changes.changed_on, context.month) and changes.new_building_id is not null
order by changes.row_number
