-- Delivered rows (views raw_code and raw_plate, fields of the contracts as text) in the form that
-- matching reads: district by its id, one address text, validity on the last day of the month
-- (variable as_at). row_hash covers every delivered column that is read: rows with the same hash
-- in two months need not be read twice.
create or replace temp macro plain_brackets(name) as
replace(replace(name, '（', '('), '）', ')');

create or replace temp view stamped_code as
select
    *,
    coalesce(try_cast(valid_to as date) > getvariable('as_at'), true) as is_valid,
    hash(building_id, district, town, community, address, is_valid) as row_hash
from raw_code;

create or replace temp view stamped_plate as
select
    *,
    coalesce(try_cast(valid_to as date) > getvariable('as_at'), true) as is_valid,
    hash(
        district, town, community, road, number, estate, building_no, standard_address, is_valid
    ) as row_hash
from raw_plate;

create or replace temp view delivered_code as
select
    code.building_code,
    code.building_id,
    district.district_id,
    plain_brackets(code.town) as town,
    code.community,
    coalesce(code.address, '') as address,
    code.is_valid,
    code.row_hash
from stamped_code as code
inner join place_name as district
    on district.kind = 'district'
    and district.spelling = plain_brackets(code.district);

-- a plate without a standard address is read from its columns
create or replace temp view delivered_plate as
select
    plate.doorplate_code,
    district.district_id,
    plain_brackets(plate.town) as town,
    plate.community,
    coalesce(
        nullif(plate.standard_address, ''),
        concat(plate.road, plate.number, plate.estate, plate.building_no)
    ) as address,
    plate.is_valid,
    plate.row_hash
from stamped_plate as plate
inner join place_name as district
    on district.kind = 'district'
    and district.spelling = plain_brackets(plate.district);
