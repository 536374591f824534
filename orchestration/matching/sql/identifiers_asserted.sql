-- What the month's deliveries say of its buildings. Reads raw_code, matched, surveyed, former (the
-- history until the month before), ended and heir; variables first_day and has_ledger.

create or replace temp table seen as
select building_id, min(source) as source
from (
    select building_id, 'building_codes' as source from raw_code
    union all
    select building_id, 'building_survey' from surveyed where getvariable('has_ledger')
    union all
    select building_id, 'building_changes' from heir
)
where coalesce(building_id, '') <> '' and building_id not in (select building_id from ended)
group by building_id;

-- codes of whole buildings; one of a flat names no building
create or replace temp table asserted as
select
    code.building_id,
    'housing_code' as scheme,
    code.building_code as value,
    coalesce(try_cast(code.valid_from as date), getvariable('first_day')) as valid_from,
    if(matched.is_valid, null, try_cast(code.valid_to as date)) as valid_to,
    'building_codes' as source
from raw_code as code
inner join matched using (building_code)
where coalesce(code.building_id, '') <> '' and matched.rooms = ''
union all
select distinct
    building_id, 'doorplate_code', doorplate_code, getvariable('first_day'), null::date, 'matching'
from matched
where building_id is not null
    and rooms = ''
    and is_valid
    and outcome in ('matched_exact', 'matched_fuzzy')
union all
select building_id, 'district_building_id', building_id, getvariable('first_day'), null, source
from seen;

-- the same building under another number keeps its code
create or replace temp table inherited as
select heir.building_id, min(former.value) as value, min(heir.inherited_on) as inherited_on
from heir
inner join former
    on former.building_id = heir.old_building_id
    and former.scheme = 'internal_code'
    and former.valid_to is null
where heir.building_id in (select building_id from seen)
    and heir.building_id not in (
        select building_id from former where scheme = 'internal_code' and valid_to is null
    )
group by heir.building_id
-- two heirs of one code: the first keeps it, the other is a building of its own
qualify row_number() over (partition by min(former.value) order by heir.building_id) = 1;

create or replace temp view uncoded as
select building_id from seen
except
select building_id from former
where scheme = 'internal_code' and valid_to is null
except
select building_id from inherited;

-- whose a code is: who bears it, else who bore it last
create or replace temp view code_owner as
select value, coalesce(
    (select inherited.building_id from inherited where inherited.value = former.value),
    arg_max(building_id, coalesce(valid_to, date '9999-12-31'))
) as building_id
from former
where scheme = 'internal_code'
group by value;
