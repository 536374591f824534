-- Which codes an earlier month's results (views former_code, former_plate, former_pair) do not
-- answer: new or changed ones, those whose door or building has a new, changed or vanished plate,
-- and those whose road or estate no plate bears, or only since or no longer.

create or replace temp table changed_plate as
with

now_only as (
    select every_plate.* exclude (plate_hash, problem, is_valid)
    from every_plate anti join former_plate using (doorplate_code, plate_hash)
),

before_only as (
    select former_plate.* exclude (plate_hash, is_candidate)
    from former_plate anti join every_plate using (doorplate_code, plate_hash)
)

from now_only
union all by name
from before_only;

create or replace temp table odd_name as
with

roads_now as (select distinct district_id, road as name from plate),
roads_before as (select distinct district_id, road as name from former_plate where is_candidate),
estates_now as (select distinct district_id, estate as name from plate),
estates_before as (
    select distinct district_id, estate as name from former_plate where is_candidate
),
roads as (select distinct district_id, road as name from code),
estates as (select distinct district_id, estate as name from code)

select 'road' as part, district_id, name
from (
    (from roads except from roads_now)
    union
    (from roads_now except from roads_before)
    union
    (from roads_before except from roads_now)
)
where name <> ''
union all
select 'estate' as part, district_id, name
from (
    (from estates except from estates_now)
    union
    (from estates_now except from estates_before)
    union
    (from estates_before except from estates_now)
)
where name <> '';

create or replace temp table wanted as
select code.*
from code
left join former_code using (building_code, code_hash)
where former_code.building_code is null
    or (code.district_id, code.road, code.door) in (
        select (district_id, road, door) from changed_plate where road <> '' and door <> ''
    )
    or (code.district_id, code.estate, code.building) in (
        select (district_id, estate, building) from changed_plate
        where estate <> '' and building <> ''
    )
    or ('road', code.district_id, code.road) in (
        select (part, district_id, name) from odd_name
    )
    or ('estate', code.district_id, code.estate) in (
        select (part, district_id, name) from odd_name
    );

create or replace temp table plate_in_question as
from plate
where (district_id, road, door) in (
        select (district_id, road, door) from wanted where road <> '' and door <> ''
    )
    or (district_id, estate, building) in (
        select (district_id, estate, building) from wanted where estate <> '' and building <> ''
    );
