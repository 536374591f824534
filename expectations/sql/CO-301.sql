-- A previous code stands in the register, is retired, is another code, and of the same scheme.
select
    codes.row_number,
    'previous_code' as field,
    codes.building_code as record_key,
    earlier.building_code is null
    or earlier.valid_to is null
    or earlier.building_code = codes.building_code
    or earlier.scheme <> codes.scheme as is_failing
from building_codes as codes
left join building_codes as earlier on codes.previous_code = earlier.building_code
where codes.previous_code is not null
order by codes.row_number
