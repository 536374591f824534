-- A previous code stands in the register, is retired, is another code, and of the same scheme.
-- One that is quarantined is not asked about.
with unusable as (
    select listed.building_code
    from listed_building_codes as listed
    anti join building_codes as usable on listed.building_code = usable.building_code
)

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
where
    codes.previous_code is not null
    and codes.previous_code not in (
        select unusable.building_code from unusable
        where unusable.building_code is not null
    )
order by codes.row_number
