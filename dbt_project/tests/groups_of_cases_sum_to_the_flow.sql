-- Channels, types and towns divide the same cases: each sums to its district's flow, the districts
-- to the city's.
{%- set counts = [
    "opening_count",
    "received_count",
    "verified_count",
    "reopened_count",
    "completed_count",
    "withdrawn_count",
    "adjustment_count",
    "closing_count",
    "earlier_completed_count",
] %}

with

parts as (

    select
        district_id,
        grouping_id,
        {% for count in counts %}
        {{ count }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref("rpt_alteration_flow_by_group_monthly") }}
    where {{ in_run_month() }}
    union all
    select
        'city' as district_id,
        'district' as grouping_id,
        {% for count in counts %}
        {{ count }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref("rpt_alteration_flow_monthly") }}
    where {{ in_run_month() }} and district_id != 'city'

)

select
    parts.district_id,
    parts.grouping_id
from parts
inner join {{ ref("rpt_alteration_flow_monthly") }} as flows
    on parts.district_id = flows.district_id
where flows.{{ in_run_month() }}
group by parts.district_id, parts.grouping_id
having
{% for count in counts %}
    sum(parts.{{ count }}) is distinct from max(flows.{{ count }})
    {% if not loop.last %}or{% endif %}
{% endfor %}
