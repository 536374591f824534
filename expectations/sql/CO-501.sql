-- Every code that was valid last month stands in this month's register.
select
    null::integer as row_number,
    'building_code' as field,
    earlier.building_code as record_key,
    present.building_code is null as is_failing
from previous_building_codes as earlier
left join building_codes as present on earlier.building_code = present.building_code
where earlier.valid_to is null
order by record_key
