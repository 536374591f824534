{%- set groups = {
    "channel": "source_channel",
    "type": "alteration_type_name",
    "town": "town_name",
} %}

with

cases as (

    select * from {{ ref("fct_alteration_case_monthly") }}
    where {{ in_run_month() }}

),

counted as (

    {% for grouping, column in groups.items() %}
    select
        '{{ grouping }}' as grouping_id,
        coalesce(district_id, 'city') as district_id,
        coalesce({{ column }}, '未填') as group_name,
        {{ alteration_flow_counts() }}
    from cases
    -- two districts may have towns of one name: a town's figures stay its district's
    group by
        {% if grouping == "town" %}grouping sets ((district_id, coalesce(town_name, '未填')))
        {% else %}
        grouping sets (
            (district_id, coalesce({{ column }}, '未填')), (coalesce({{ column }}, '未填'))
        )
        {% endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    counted.grouping_id,
    counted.group_name,
    counted.opening_count,
    counted.received_count,
    counted.verified_count,
    counted.reopened_count,
    counted.completed_count,
    counted.withdrawn_count,
    counted.adjustment_count,
    counted.closing_count,
    counted.earlier_completed_count
from counted
inner join {{ ref("int_district_month") }} as districts
    on counted.district_id = districts.district_id
order by counted.grouping_id, districts.sort_order, counted.group_name
