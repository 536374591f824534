-- The standard address names the district, the town and the street of its own row.
select
    row_number,
    'standard_address' as field,
    doorplate_code as record_key,
    not contains(standard_address, district)
    or coalesce(not contains(standard_address, town), false)
    or coalesce(not contains(standard_address, road), false) as is_failing
from doorplates
order by row_number
