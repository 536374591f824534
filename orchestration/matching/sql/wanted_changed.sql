-- Which codes have to be looked at: new or changed ones, those at whose door or building a plate is
-- new, changed or gone (also if their road or estate may be a typing error of the plate's), and
-- those whose road or estate is borne by a plate only since, or no longer.

create or replace temp table known_variant as
from former_variant
semi join odd_name
    on odd_name.part = former_variant.part
    and odd_name.district_id = former_variant.district_id
    and odd_name.name = former_variant.code_name
union
select 'road' as part, * from appeared_road_variant
union
select 'estate' as part, * from appeared_estate_variant;

-- places at which codes are looked at again
create or replace temp table moved_place as
with

places as (
    select distinct 'road' as part, district_id, road as name, door as number from moved_plate
    union all
    select distinct 'estate', district_id, estate, building from moved_plate
)

from places where name <> '' and number <> ''
union
select places.part, places.district_id, variant.code_name, places.number
from places
inner join known_variant as variant
    on variant.part = places.part
    and variant.district_id = places.district_id
    and variant.plate_name = places.name
where places.number <> '';

create or replace temp table wanted as
from read_code
union all by name
select
    building_code, building_id, district_id, town, community, road, door, estate, building, rooms,
    problem, is_elsewhere, is_valid, row_hash
from kept_code
where
    (district_id, road, door) in (
        select (district_id, name, number) from moved_place where part = 'road'
    )
    or (district_id, estate, building) in (
        select (district_id, name, number) from moved_place where part = 'estate'
    )
    or (district_id, road) in (
        select (district_id, name) from changed_name where part = 'road'
    )
    or (district_id, estate) in (
        select (district_id, name) from changed_name where part = 'estate'
    );

create or replace temp table plate_in_question as
from plate
where (district_id, road, door) in (
        select (district_id, road, door) from wanted where road <> '' and door <> ''
    )
    or (district_id, estate, building) in (
        select (district_id, estate, building) from wanted where estate <> '' and building <> ''
    );
