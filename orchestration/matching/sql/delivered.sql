-- Delivered rows (views raw_code and raw_plate, fields of the contracts as text) in the form that
-- matching reads: district by its id, one address text, dates as dates.
create or replace temp view delivered_code as
select
    code.building_code,
    code.building_id,
    district.district_id,
    replace(replace(code.town, '（', '('), '）', ')') as town,
    code.community,
    coalesce(code.address, '') as address,
    try_cast(code.valid_to as date) as valid_to
from raw_code as code
inner join place_name as district
    on district.kind = 'district'
    and district.spelling = replace(replace(code.district, '（', '('), '）', ')');

-- a plate without a standard address is read from its columns
create or replace temp view delivered_plate as
select
    plate.doorplate_code,
    district.district_id,
    replace(replace(plate.town, '（', '('), '）', ')') as town,
    plate.community,
    coalesce(
        nullif(plate.standard_address, ''),
        concat(plate.road, plate.number, plate.estate, plate.building_no)
    ) as address,
    try_cast(plate.valid_to as date) as valid_to
from raw_plate as plate
inner join place_name as district
    on district.kind = 'district'
    and district.spelling = replace(replace(plate.district, '（', '('), '）', ')');
