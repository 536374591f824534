-- Every plate in force last month stands in this month's register.
select
    null::integer as row_number,
    'doorplate_code' as field,
    earlier.doorplate_code as record_key,
    present.doorplate_code is null as is_failing
from previous_doorplates as earlier
left join doorplates as present on earlier.doorplate_code = present.doorplate_code
where earlier.valid_to is null
order by record_key
