-- Measured areas end in 0 or 5 one time in five; guessed ones nearly always.
select
    null::integer as row_number,
    'floor_area_m2' as field,
    town as record_key,
    is_above_share(
        count(*) filter (floor(try_cast(floor_area_m2 as double)) % 5 = 0),
        count(*),
        'zero_or_five_share'
    ) as is_failing
from building_survey
where town is not null and floor_area_m2 is not null
group by town
having count(*) >= band_low('heaping_building_count')
order by town
