-- Measured areas end in 00 one time in a hundred; guessed ones often.
select
    null::integer as row_number,
    'floor_area_m2' as field,
    town as record_key,
    is_above_share(
        count(*) filter (floor(try_cast(floor_area_m2 as double)) % 100 = 0),
        count(*),
        'double_zero_share'
    ) as is_failing
from building_survey
where town is not null and floor_area_m2 is not null
group by town
having count(*) >= band_low('heaping_building_count')
order by town
