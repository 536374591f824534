-- Readers add up the printed rows. Counts and square metres must give the city's row exactly; only
-- the area in 万㎡ may differ, since the city's is rounded once from its own sum.
{%- set measures = [
    "surveyed_building_count",
    "surveyed_floor_area_m2",
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
    {% if not loop.last %}or{% endif %}
{% endfor %}
