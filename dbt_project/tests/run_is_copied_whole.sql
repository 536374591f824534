-- The published deliveries, verdicts and findings are what the run recorded, no row more or less: a
-- failing verdict that gets lost would look like a pass.
{%- set copies = {
    "delivery": ref("rpt_delivery"),
    "verdict": ref("rpt_verdict"),
    "finding": ref("rpt_finding"),
} %}

with

counted as (

    {% for table_name, relation in copies.items() %}
    select
        '{{ table_name }}' as table_name,
        (select count(*) from {{ source("run", table_name) }}) as recorded_count,
        (
            select count(*) from {{ relation }}
            where {{ in_run_month() }}
        ) as copied_count
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select *
from counted
where recorded_count != copied_count
