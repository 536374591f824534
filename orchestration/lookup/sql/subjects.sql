-- One row per building that can be looked up (table subject): every building of the ledgers; and for
-- valid codes without such a building one row per building id in the register, else per matched
-- plate, else per code. Reads the views ledger_building, register_code (accepted rows, typed) and
-- match (building_code, outcome, doorplate_code); $as_at is the last day of the month.

create or replace temp table code as
select
    register_code.*,
    coalesce(valid_to > $as_at, true) as is_valid,
    match.doorplate_code,
    match.outcome
from register_code
left join match
    on
        register_code.building_code = match.building_code
        -- a conflict is a match with several buildings; the answer has to list them
        and match.outcome in ('matched_exact', 'matched_fuzzy', 'code_conflict')
        and match.doorplate_code is not null;

-- One plate belongs to one building: a code without a building id gets that of its plate.
create or replace temp table plate_building as
select doorplate_code, min(building_id) as building_id
from code
where is_valid and doorplate_code is not null and building_id is not null
group by doorplate_code
having count(distinct building_id) = 1;

create or replace temp table placed_code as
select
    code.*,
    coalesce(code.building_id, plate_building.building_id) as known_building_id,
    case
        when known_building_id is not null then 'building ' || known_building_id
        when code.doorplate_code is not null then 'plate ' || code.doorplate_code
        else 'code ' || code.building_code
    end as subject_key
from code
left join plate_building on code.doorplate_code = plate_building.doorplate_code
where code.is_valid;

-- If two districts list the same building id there are two rows, and the answer lists both.
create or replace temp table listed as
select
    row_number() over (order by building_id, district_id) as subject_no,
    'building ' || building_id as subject_key,
    *
from ledger_building;

create or replace temp table unlisted as
select
    (select count(*) from listed) + row_number() over (order by subject_key) as subject_no,
    subject_key,
    min(known_building_id) as building_id,
    arg_min(district_id, building_code) as district_id,
    arg_min(town_name, building_code) as town_name,
    arg_min(community_name, building_code) as community_name,
    arg_min(address, building_code) as address
from placed_code
anti join listed on placed_code.subject_key = listed.subject_key
group by subject_key;

create or replace temp table subject as
select *, true as is_in_ledger from listed
union all by name
select *, false as is_in_ledger from unlisted;
