-- Known keys without a building (table refusal), with the reason and the keys to try instead.
-- Reads register_plate, change (registered changes up to the month) and identifier.

create or replace temp table former_building as
select
    old_building_id as value,
    if(
        count(new_building_id) = 0, 'building_demolished', 'building_replaced'
    ) as reason,
    max(changed_on) as since_on,
    max(change_type) as event,
    list_sort(list_distinct(list(new_building_id))) as successors
from (
    from change
    qualify changed_on = max(changed_on) over (partition by old_building_id)
)
where old_building_id is not null
group by old_building_id
-- 去重, 划转 and similar changes without a successor do not mean a demolition
having count(new_building_id) > 0 or max(change_type) = '拆除';

create or replace temp table former_code as
select
    code.building_code as value,
    if(count(successor.building_code) = 0, 'code_cancelled', 'code_replaced') as reason,
    code.valid_to as since_on,
    cast(null as varchar) as event,
    list_sort(list_distinct(list(successor.building_code))) as successors
from code
left join code as successor on code.building_code = successor.previous_code
where not code.is_valid
group by code.building_code, code.valid_to;

-- an internal code ends with its building, unless a successor keeps it
create or replace temp table former_issued_code as
with

heirs as (
    select value as building_id, unnest(successors) as successor from former_building
)

select
    ended.value,
    former_building.reason,
    former_building.since_on,
    former_building.event,
    list_sort(coalesce(
        list(distinct issued_code.value) filter (where issued_code.value is not null), []
    )) as successors
from issued_code as ended
inner join former_building on ended.building_id = former_building.value
left join heirs on ended.building_id = heirs.building_id
left join issued_code on heirs.successor = issued_code.building_id and issued_code.is_valid
where not ended.is_valid
group by all;

create or replace temp table refusal as
with

known as (

    select 'building_id' as scheme, * from former_building
    union all
    select 'building_code' as scheme, * from former_code
    union all
    select 'internal_code' as scheme, * from former_issued_code
    union all
    select
        'doorplate' as scheme,
        doorplate_code as value,
        if(valid_to <= $as_at, 'doorplate_cancelled', 'doorplate_unmatched') as reason,
        if(valid_to <= $as_at, valid_to, null) as since_on,
        null as event,
        [] as successors
    from register_plate

)

select
    scheme,
    value,
    reason,
    since_on,
    event,
    -- a register may name a key as its own successor by mistake
    to_json(list_filter(successors, lambda s: s != value)) as successors
from known
anti join identifier on known.scheme = identifier.scheme and known.value = identifier.value;
