-- The rows of the views fresh_code and fresh_plate with the parts they are compared by. From
-- parsed, and the table place_name (kind, spelling, district_id, official_name).

create or replace temp table read_code as
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
    code.is_valid,
    code.row_hash
from fresh_code as code
inner join parsed on parsed.text = code.address
left join place_name as town_name
    on town_name.kind = 'town'
    and town_name.district_id = code.district_id
    and town_name.spelling = code.town
left join place_name as community_name
    on community_name.kind = 'community'
    and community_name.district_id = code.district_id
    and community_name.spelling = code.community;

create or replace temp table read_plate as
select
    plate.doorplate_code,
    plate.district_id,
    coalesce(nullif(parsed.town, ''), town_name.official_name, '') as town,
    coalesce(nullif(parsed.community, ''), community_name.official_name, '') as community,
    parsed.road,
    parsed.door,
    parsed.estate,
    parsed.building,
    plate.is_valid,
    plate.is_valid and parsed.problem = '' as is_candidate,
    plate.row_hash
from fresh_plate as plate
inner join parsed on parsed.text = plate.address
left join place_name as town_name
    on town_name.kind = 'town'
    and town_name.district_id = plate.district_id
    and town_name.spelling = plate.town
left join place_name as community_name
    on community_name.kind = 'community'
    and community_name.district_id = plate.district_id
    and community_name.spelling = plate.community;
