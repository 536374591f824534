-- The scored pass: candidates share road and door, or estate and building (a name may be a typing
-- error of the plate's); each part then speaks for or against them, in bits of evidence. $prior
-- is what a plate has against it at the start, one of tens of thousands; score is the share of
-- right matches that this much evidence should give. Fills best (one row a key and candidate).

create or replace temp table candidate as
with

on_road as (
    select key_id, district_id, road as plate_road, door from open_key
    where road <> '' and door <> ''
    union all
    select key.key_id, key.district_id, variant.plate_name, key.door
    from open_key as key
    inner join road_variant as variant
        on variant.district_id = key.district_id and variant.code_name = key.road
    where key.door <> ''
),

on_estate as (
    select key_id, district_id, estate as plate_estate, building from open_key
    where estate <> '' and building <> ''
    union all
    select key.key_id, key.district_id, variant.plate_name, key.building
    from open_key as key
    inner join estate_variant as variant
        on variant.district_id = key.district_id and variant.code_name = key.estate
    where key.building <> ''
)

select on_road.key_id, plate.doorplate_code
from on_road
inner join plate
    on plate.district_id = on_road.district_id
    and plate.road = on_road.plate_road
    and plate.door = on_road.door
union
select on_estate.key_id, plate.doorplate_code
from on_estate
inner join plate
    on plate.district_id = on_estate.district_id
    and plate.estate = on_estate.plate_estate
    and plate.building = on_estate.building;

create or replace temp table compared as
select
    key.key_id,
    plate.doorplate_code,
    case
        when key.road = plate.road then 'same'
        when key.road = '' or plate.road = '' then 'missing'
        when road_variant.plate_name is not null then road_variant.level
        else 'different'
    end as road,
    case
        when key.door = plate.door then 'same'
        when key.door = '' or plate.door = '' then 'missing'
        when damerau_levenshtein(key.door, plate.door) = 1 then 'variant'
        else 'different'
    end as door,
    case
        when key.estate = plate.estate then if(key.estate = '', 'missing', 'same')
        when key.estate = '' or plate.estate = '' then 'missing'
        when estate_variant.plate_name is not null then estate_variant.level
        when starts_with(key.estate, plate.estate) or starts_with(plate.estate, key.estate)
            then 'phase'
        else 'different'
    end as estate,
    case
        when key.building = plate.building then 'same'
        when key.building = '' or plate.building = '' then 'missing'
        when
            try_cast(plate.building as integer) between
            try_cast(split_part(key.building, '-', 1) as integer)
            and try_cast(split_part(key.building, '-', 2) as integer) then 'contained'
        else 'different'
    end as building,
    case
        when key.town = plate.town then 'same'
        when key.town = '' or plate.town = '' then 'missing'
        when moved.town is not null or (key.community <> '' and key.community = plate.community)
            then 'moved'
        else 'different'
    end as town,
    case
        when key.community = plate.community then if(key.community = '', 'missing', 'same')
        when key.community = '' or plate.community = '' then 'missing'
        else 'different'
    end as community,
    key.road <> '' and key.door <> ''
    and key.road = plate.road and key.door = plate.door as is_same_door,
    -- the door does not tell which of its estates a plate without one belongs to
    key.estate <> '' and plate.estate = '' and bool_or(
        plate.estate <> '' and key.road = plate.road and key.door = plate.door
    ) over (partition by key.key_id) as is_shared_door
from candidate
inner join open_key as key using (key_id)
inner join plate using (doorplate_code)
left join road_variant
    on road_variant.district_id = key.district_id
    and road_variant.code_name = key.road
    and road_variant.plate_name = plate.road
left join estate_variant
    on estate_variant.district_id = key.district_id
    and estate_variant.code_name = key.estate
    and estate_variant.plate_name = plate.estate
left join moved_town as moved
    on moved.district_id = key.district_id
    and moved.town = key.town
    and moved.other_town = plate.town;

create or replace temp table scored as
select
    compared.*,
    road.bits + door.bits + estate.bits + building.bits + town.bits + community.bits as evidence,
    round(1 / (1 + pow(2, $prior - evidence)), 4) as score,
    -- neither a door nor a building may be guessed, nor a name that is only like the plate's
    -- unless road and door, or the estate, say the same without it
    compared.door in ('variant', 'different')
    or compared.building <> 'same'
    or compared.is_shared_door
    or compared.estate = 'phase'
    or (
        compared.road in ('mistyped', 'heard', 'alike', 'told')
        and compared.estate <> 'same'
        -- two streets of one community do not differ in one sign only
        and not (compared.road = 'mistyped' and compared.community = 'same')
    )
    or (compared.estate in ('mistyped', 'heard', 'alike', 'told') and not compared.is_same_door)
        as is_doubtful
from compared
inner join evidence as road on road.part = 'road' and road.level = compared.road
inner join evidence as door on door.part = 'door' and door.level = compared.door
inner join evidence as estate on estate.part = 'estate' and estate.level = compared.estate
inner join evidence as building
    on building.part = 'building' and building.level = compared.building
inner join evidence as town on town.part = 'town' and town.level = compared.town
inner join evidence as community
    on community.part = 'community' and community.level = compared.community;
