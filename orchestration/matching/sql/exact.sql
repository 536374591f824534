-- The deterministic pass: every part that the code states is the plate's, and no second plate
-- is like it. Leaving out the estate is no difference where the door is stated. Fills exact
-- (building_code, doorplate_code, candidate_count) for the codes of the table wanted.

create or replace temp table exact as
with

whole as (
    select
        district_id, town, road, door, estate, building,
        min(doorplate_code) as doorplate_code,
        count(*) as candidate_count
    from plate_in_question
    group by all
),

without_estate as (
    select
        district_id, town, road, door, building,
        min(doorplate_code) as doorplate_code,
        count(*) as candidate_count
    from plate_in_question
    where road <> '' and door <> ''
    group by all
)

select
    wanted.building_code,
    coalesce(whole.doorplate_code, without_estate.doorplate_code) as doorplate_code,
    coalesce(whole.candidate_count, without_estate.candidate_count) as candidate_count
from wanted
left join whole
    on whole.district_id = wanted.district_id
    and whole.town = wanted.town
    and whole.road = wanted.road
    and whole.door = wanted.door
    and whole.estate = wanted.estate
    and whole.building = wanted.building
left join without_estate
    on wanted.estate = ''
    and without_estate.district_id = wanted.district_id
    and without_estate.town = wanted.town
    and without_estate.road = wanted.road
    and without_estate.door = wanted.door
    and without_estate.building = wanted.building
where
    wanted.problem = ''
    and wanted.town <> ''
    and ((wanted.road <> '' and wanted.door <> '') or (wanted.estate <> '' and wanted.building <> ''))
    and coalesce(whole.doorplate_code, without_estate.doorplate_code) is not null;
