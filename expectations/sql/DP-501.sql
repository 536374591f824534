-- Every plate in force last month stands in this month's register.
with listed as (select distinct doorplate_code from listed_doorplates)

select
    null::integer as row_number,
    'doorplate_code' as field,
    earlier.doorplate_code as record_key,
    listed.doorplate_code is null as is_failing
from previous_doorplates as earlier
left join listed on earlier.doorplate_code = listed.doorplate_code
where earlier.valid_to is null
order by record_key
