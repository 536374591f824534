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

-- names of plates' roads and estates that no plate bore before, or none bears any longer
create or replace temp table changed_name as
with

names as (
    select 'road' as part, district_id, road as name, true as is_now from plate
    union all
    select 'estate', district_id, estate, true from plate
    union all
    select 'road', district_id, road, false from former_plate where is_candidate
    union all
    select 'estate', district_id, estate, false from former_plate where is_candidate
)

select part, district_id, name, bool_or(is_now) as is_now
from names
where name <> ''
group by part, district_id, name
having bool_or(is_now) <> bool_or(not is_now);

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
