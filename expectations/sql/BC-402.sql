-- A building that a change of this month brought stands in the ledger, unless another ended it. One
-- that went to another district (划转) stands in that one's, under a number whose first six digits
-- are not those that the buildings here bear.
with ended as (select distinct old_building_id as building_id from building_changes),

own_series as (select mode(left(building_id, 6)) as area_code from building_survey)

select
    changes.row_number,
    'new_building_id' as field,
    changes.change_id as record_key,
    listed.building_id is null and ended.building_id is null as is_failing
from building_changes as changes
cross join context
cross join own_series
left join listed_building as listed on changes.new_building_id = listed.building_id
left join ended
    on changes.new_building_id = ended.building_id
where
    in_month(changes.changed_on, context.month)
    and changes.new_building_id is not null
    and not (
        changes.change_type = '划转'
        and left(changes.new_building_id, 6) is distinct from own_series.area_code
    )
order by changes.row_number
