-- No building grows or shrinks ten thousandfold: that is 平方米 taken for 万平方米, or back. Of the two
-- areas the one further from last month's median is in doubt.
with areas as (
    select
        present.row_number,
        present.building_id,
        try_cast(present.floor_area_m2 as double) as area,
        try_cast(earlier.floor_area_m2 as double) as area_before,
        median(area_before) over () as usual_area
    from building_survey as present
    inner join previous_building_survey as earlier on present.building_id = earlier.building_id
    where area > 0 and area_before > 0
)

select
    row_number,
    'floor_area_m2' as field,
    building_id as record_key,
    greatest(area / area_before, area_before / area)
    between band_low('unit_slip_fold') and band_high('unit_slip_fold')
    and abs(ln(area / usual_area)) > abs(ln(area_before / usual_area)) as is_failing,
    format('本月 {:,.2f} 平方米，上月 {:,.2f} 平方米，疑为平方米与万平方米之误', area, area_before) as compared
from areas
order by row_number
