-- Measured heights are seldom whole metres; guessed ones nearly always.
select
    null::integer as row_number,
    'height_m' as field,
    town as record_key,
    is_above_share(
        count(*) filter (try_cast(height_m as double) % 1 = 0), count(*), 'whole_metre_share'
    ) as is_failing
from building_survey
where town is not null and height_m is not null
group by town
having count(*) >= band_low('heaping_building_count')
order by town
