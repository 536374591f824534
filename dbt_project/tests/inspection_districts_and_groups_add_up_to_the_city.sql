-- The sentence in the bulletin is the city's row: every planned building stands in one district and
-- one group, and in no other.
{%- set counted = [
    "planned_count",
    "inspected_count",
    "inspected_floor_area_m2",
    "passed_count",
    "rectification_required_count",
    "rectification_done_count",
    "rectification_overdue_count",
    "reinspected_count",
    "reinspected_passed_count",
] %}

with

progress as (

    select * from {{ ref("rpt_inspection_progress") }}
    where {{ in_run_month() }} and planned_count > 0

),

city as (

    select
            {% for measure in counted %}
        sum({{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
            {% endfor %}
    from progress
    where district_id = 'city'

),

districts as (

    select
            {% for measure in counted %}
        sum({{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
            {% endfor %}
    from progress
    where district_id != 'city'

),

contractors as (

    select
            {% for measure in counted %}
        sum({{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
            {% endfor %}
    from {{ ref("rpt_inspection_contractor") }}
    where {{ in_run_month() }}

)

(
    select * from districts
    except
    select * from city
)
union all
(
    select * from contractors
    except
    select * from city
)
