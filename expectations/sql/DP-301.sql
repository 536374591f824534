-- No two plates in force bear the same standard address.
select
    row_number,
    'standard_address' as field,
    doorplate_code as record_key,
    count(*) over (partition by standard_address) > 1 as is_failing
from doorplates
where valid_to is null
order by row_number
