-- What the run recorded is published, no row more or less: a failing verdict that gets lost would
-- look like a pass, a lost waiver or correction like the district's own figure.
{%- set copies = {
    "delivery": ref("rpt_delivery"),
    "verdict": ref("rpt_verdict"),
    "finding": ref("rpt_finding"),
    "waiver": ref("rpt_waiver"),
    "correction": ref("rpt_correction"),
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
