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

-- Two districts may have towns with the same name, so towns are grouped within their district.
grouped as (

    {% for grouping, column in groups.items() %}
    select
        cases.*,
        '{{ grouping }}' as grouping_id,
        coalesce(cases.{{ column }}, '未填') as group_name
    from cases
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

placed as (

    select
        {{ all_but(["district_id"]) }},
        district_id
    from grouped
    union all
    select
        {{ all_but(["district_id"]) }},
        'city' as district_id
    from grouped
    where grouping_id != 'town'

),

counted as (

    select
        district_id,
        grouping_id,
        group_name,
        {{ alteration_flow_counts() }}
    from placed
    group by district_id, grouping_id, group_name

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
    counted.earlier_completed_count,
    {{ is_total("districts.district_id") }} as is_total
from counted
inner join {{ ref("int_district_month") }} as districts
    on counted.district_id = districts.district_id
order by counted.grouping_id, districts.sort_order, counted.group_name
