-- Which rows an earlier month's results (views former_code and former_plate) do not hold as they
-- were delivered now: new ones, changed ones and those that are gone. Only these are read, and
-- only of these does a statement further on join addresses.

create or replace temp table changed_code as
select distinct coalesce(stamped.building_code, former.building_code) as building_code
from stamped_code as stamped
full join former_code as former on former.building_code = stamped.building_code
where stamped.row_hash is distinct from former.row_hash;

create or replace temp table changed_plate as
select distinct coalesce(stamped.doorplate_code, former.doorplate_code) as doorplate_code
from stamped_plate as stamped
full join former_plate as former on former.doorplate_code = stamped.doorplate_code
where stamped.row_hash is distinct from former.row_hash;

create or replace temp table fresh_code as
from delivered_code semi join changed_code using (building_code);

create or replace temp table fresh_plate as
from delivered_plate semi join changed_plate using (doorplate_code);

create or replace temp view kept_code as
from former_code anti join changed_code using (building_code);

create or replace temp view kept_plate as
from former_plate anti join changed_plate using (doorplate_code);
