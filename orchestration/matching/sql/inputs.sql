-- Codes and plates with the parts they are compared by. From the views delivered_code and
-- delivered_plate (accepted rows), parsed, and the table place_name (kind, spelling, district_id,
-- official_name); $as_at is the last day of the month.

create or replace temp table code as
with

read as (
select
    code.building_code,
    nullif(code.building_id, '') as building_id,
    code.district_id,
    coalesce(nullif(parsed.town, ''), town_name.official_name, '') as town,
    coalesce(nullif(parsed.community, ''), community_name.official_name, '') as community,
    parsed.road,
    parsed.door,
    parsed.estate,
    parsed.building,
    parsed.rooms,
    parsed.problem,
    parsed.district_ids <> '' and not list_contains(
        string_split(parsed.district_ids, '|'), code.district_id
    ) as is_elsewhere,
    code.valid_to is null or code.valid_to > $as_at as is_valid
from delivered_code as code
inner join parsed on parsed.text = code.address
left join place_name as town_name
    on town_name.kind = 'town'
    and town_name.district_id = code.district_id
    and town_name.spelling = code.town
left join place_name as community_name
    on community_name.kind = 'community'
    and community_name.district_id = code.district_id
    and community_name.spelling = code.community
)

select *, hash(read) as code_hash from read;

create or replace temp table every_plate as
with

read as (
select
    plate.doorplate_code,
    plate.district_id,
    coalesce(nullif(parsed.town, ''), town_name.official_name, '') as town,
    coalesce(nullif(parsed.community, ''), community_name.official_name, '') as community,
    parsed.road,
    parsed.door,
    parsed.estate,
    parsed.building,
    parsed.problem,
    plate.valid_to is null or plate.valid_to > $as_at as is_valid
from delivered_plate as plate
inner join parsed on parsed.text = plate.address
left join place_name as town_name
    on town_name.kind = 'town'
    and town_name.district_id = plate.district_id
    and town_name.spelling = plate.town
left join place_name as community_name
    on community_name.kind = 'community'
    and community_name.district_id = plate.district_id
    and community_name.spelling = plate.community
)

select *, hash(read) as plate_hash from read;

-- what a code may be matched with
create or replace temp table plate as
select * exclude (problem, is_valid, plate_hash)
from every_plate
where is_valid and problem = '';
