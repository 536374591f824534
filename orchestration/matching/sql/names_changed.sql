-- Plates and names that are not what they were, where an earlier month's results are built on.

create or replace temp view every_plate as
from read_plate
union all by name
from kept_plate;

create or replace temp table plate as from every_plate where is_candidate;

-- plates whose parts are not what they were, as they are and as they were
create or replace temp table moved_plate as
with

former as (from former_plate semi join changed_plate using (doorplate_code)),

now_only as (
    select * exclude (row_hash) from read_plate
    except
    select * exclude (row_hash) from former
),

before_only as (
    select * exclude (row_hash) from former
    except
    select * exclude (row_hash) from read_plate
)

from now_only
union all by name
from before_only;

-- names of plates' roads and estates that no plate bore before, or none bears any longer: only of
-- plates that came, changed or went, and not if a plate that stayed bears them
create or replace temp table changed_name as
with

came as (
    select 'road' as part, district_id, road as name from read_plate where is_candidate
    union
    select 'estate', district_id, estate from read_plate where is_candidate
),

went as (
    select 'road' as part, former.district_id, former.road as name
    from former_plate as former semi join changed_plate using (doorplate_code)
    where former.is_candidate
    union
    select 'estate', former.district_id, former.estate
    from former_plate as former semi join changed_plate using (doorplate_code)
    where former.is_candidate
),

moved as (
    select *, true as is_now from (from came except from went)
    union all
    select *, false as is_now from (from went except from came)
)

select moved.*
from moved
anti join (select * from kept_plate where is_candidate) as road
    on moved.part = 'road'
    and moved.district_id = road.district_id
    and moved.name = road.road
anti join (select * from kept_plate where is_candidate) as estate
    on moved.part = 'estate'
    and moved.district_id = estate.district_id
    and moved.name = estate.estate
where moved.name <> '';

-- names in codes that no plate bears
create or replace temp table odd_name as
with

names as (
    select distinct 'road' as part, district_id, road as name from kept_code
    union all
    select distinct 'estate', district_id, estate from kept_code
),

known as (
    select distinct 'road' as part, district_id, road as name from plate
    union all
    select distinct 'estate', district_id, estate from plate
)

from names where name <> ''
except
from known;
