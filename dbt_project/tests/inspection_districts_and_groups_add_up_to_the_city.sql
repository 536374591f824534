-- The sentence in the bulletin is the city's row: every planned building stands in one district and
-- one group, and in no other.
{%- set counted = "(planned|inspected|passed|required|done|overdue)_count|_floor_area_m2" %}

with

progress as (

    select * from {{ ref("rpt_inspection_progress") }}
    where {{ in_run_month() }} and planned_count > 0

),

city as (

    select sum(columns('{{ counted }}'))
    from progress
    where district_id = 'city'

),

districts as (

    select sum(columns('{{ counted }}'))
    from progress
    where district_id != 'city'

),

contractors as (

    select sum(columns('{{ counted }}'))
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
