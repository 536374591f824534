-- A replaced building is not inspected itself, and is replaced once.
with first_rounds as (
    select * from quality_inspection
    where round = '初检'
)

select
    first_rounds.row_number,
    'replaces_building_id' as field,
    first_rounds.inspection_id as record_key,
    first_rounds.replaces_building_id in (select present.building_id from first_rounds as present)
    or count(*) over (partition by first_rounds.replaces_building_id) > 1 as is_failing
from first_rounds
where first_rounds.replaces_building_id is not null
order by first_rounds.row_number
