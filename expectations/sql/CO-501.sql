-- Every code that was valid last month stands in this month's register.
with listed as (select distinct building_code from listed_building_codes)

select
    null::integer as row_number,
    'building_code' as field,
    earlier.building_code as record_key,
    listed.building_code is null as is_failing
from previous_building_codes as earlier
left join listed on earlier.building_code = listed.building_code
where earlier.valid_to is null
order by record_key
