-- Readers add up the printed rows. Counts must give the city's row exactly; areas may differ by
-- half of their last place a row, since each is rounded once from its own exact sum.
{%- set measures = [
    "surveyed_building_count",
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
] %}

with

figures as (

    select * from {{ ref("rpt_district_monthly") }}
    where {{ in_run_month() }}

)

select month
from figures
group by month
having
    {% for measure in measures %}
    sum({{ measure }}) filter (where district_id != 'city')
    is distinct from max({{ measure }}) filter (where district_id = 'city')
    or
    {% endfor %}
    abs(
        sum(surveyed_floor_area_m2) filter (where district_id != 'city')
        - max(surveyed_floor_area_m2) filter (where district_id = 'city')
    ) > 0.005 * count(*)
    or (sum(surveyed_floor_area_m2) filter (where district_id != 'city') is null)
    != (max(surveyed_floor_area_m2) filter (where district_id = 'city') is null)
