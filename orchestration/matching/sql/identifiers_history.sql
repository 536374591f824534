-- The history with the month in it, and the rules that it is held against.

create or replace temp table now_valid as
select building_id, scheme, value, valid_from, valid_to, source from asserted
union all
select building_id, 'internal_code', value, getvariable('first_day'), null, 'issued' from issued
union all
select building_id, 'internal_code', value, inherited_on, null, 'building_changes' from inherited
union all
select building_id, scheme, value, valid_from, valid_to, source
from former
where scheme = 'internal_code'
    and valid_to is null
    and building_id not in (select building_id from ended);

create or replace temp table identifiers as
-- what is past stays as it was written
select building_id, scheme, value, valid_from, valid_to, source from former
where valid_to is not null
union all
-- what was valid and is delivered still, or ended now
select
    former.building_id, former.scheme, former.value, former.valid_from,
    case
        when ended.ended_on is not null then greatest(ended.ended_on, former.valid_from)
        when now_valid.value is null then getvariable('first_day')
        else now_valid.valid_to
    end as valid_to,
    former.source
from former
left join now_valid using (building_id, scheme, value)
left join ended using (building_id)
where former.valid_to is null
union all
-- what is new; a code that was delivered as cancelled before is known already
select
    now_valid.building_id, now_valid.scheme, now_valid.value,
    if(past.value is null, now_valid.valid_from, getvariable('first_day')),
    now_valid.valid_to, now_valid.source
from now_valid
anti join (from former where valid_to is null) as open using (building_id, scheme, value)
left join (
    select building_id, scheme, value from former where valid_to is not null group by all
) as past using (building_id, scheme, value)
where past.value is null or now_valid.valid_to is null;

create or replace temp table identifier_findings as
with

valid as (
    from identifiers
    where valid_to is null and scheme in (select scheme from unique_scheme)
),

-- which first, their names after: nearly all have just one
several as (select scheme, building_id from valid group by all having count(*) > 1),
shared as (select scheme, value from valid group by all having count(*) > 1)

select
    'ID-1' as rule_id, scheme, building_id, string_agg(value, '、' order by value) as value,
    '一幢房屋有几个有效的编码' as message
from valid semi join several using (scheme, building_id)
group by scheme, building_id
union all
select
    'ID-2', scheme, string_agg(building_id, '、' order by building_id), value,
    '一个有效的编码属于几幢房屋'
from valid semi join shared using (scheme, value)
group by scheme, value;
