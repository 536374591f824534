{%- set vanished_by = {
    "demolished_building_count": "拆除",
    "merged_building_count": "合并",
    "split_building_count": "拆分",
    "deduplicated_building_count": "去重",
    "transferred_building_count": "划转",
} -%}
{%- set measures = [
    "opening_building_count",
    "entered_building_count",
    "entered_without_reason_building_count",
    "vanished_building_count",
    "demolished_building_count",
    "merged_building_count",
    "split_building_count",
    "deduplicated_building_count",
    "transferred_building_count",
    "vanished_without_reason_building_count",
    "closing_building_count",
    "recoded_building_count",
    "changed_building_count",
    "opening_surveyed_building_count",
    "newly_surveyed_building_count",
    "no_longer_surveyed_building_count",
    "closing_surveyed_building_count",
] -%}
{%- set moved_measures = [
    "entered_building_count",
    "entered_without_reason_building_count",
    "vanished_building_count",
    "vanished_without_reason_building_count",
    "recoded_building_count",
    "changed_building_count",
    "newly_surveyed_building_count",
    "no_longer_surveyed_building_count",
] + vanished_by.keys() | list -%}

with

districts as (

    select * from {{ ref("int_district_month") }}

),

opening as (

    select
        district_id,
        count(*) as opening_building_count,
        count(*) filter (where survey_status = '已排查') as opening_surveyed_building_count
    from {{ ref("stg_building_survey") }}
    where {{ before_run_month() }}
    group by district_id

),

closing as (

    select
        district_id,
        sum(building_count) as closing_building_count,
        sum(surveyed_building_count) as closing_surveyed_building_count
    from {{ ref("int_survey_measures_by_place") }}
    group by district_id

),

moved as (

    select
        district_id,
        count(*) filter (where transition = 'entered') as entered_building_count,
        count(*) filter (
            where transition = 'entered' and change_type is null
        ) as entered_without_reason_building_count,
        count(*) filter (where transition = 'vanished') as vanished_building_count,
        {% for measure, change_type in vanished_by.items() %}
        count(*) filter (
            where transition = 'vanished' and change_type = '{{ change_type }}'
        ) as {{ measure }},
        {% endfor %}
        count(*) filter (
            where transition = 'vanished' and change_type is null
        ) as vanished_without_reason_building_count,
        count(*) filter (where transition = 'recoded') as recoded_building_count,
        count(*) filter (where cardinality(changed_fields) > 0) as changed_building_count,
        count(*) filter (where is_surveyed and not was_surveyed) as newly_surveyed_building_count,
        count(*) filter (
            where was_surveyed and not is_surveyed
        ) as no_longer_surveyed_building_count
    from {{ ref("int_ledger_difference") }}
    group by district_id

),

states as (

    select
        delivery.district_id,
        max(delivery.state) filter (where delivery.month = districts.month) as present_state,
        max(delivery.state) filter (where delivery.month < districts.month) as earlier_state
    from {{ ref("rpt_delivery") }} as delivery
    inner join districts on delivery.district_id = districts.district_id
    where
        delivery.kind = 'building_survey'
        and delivery.month between districts.month - interval 1 month and districts.month
    group by delivery.district_id

),

by_district as (

    select
        opening.*,
        closing.closing_building_count,
        closing.closing_surveyed_building_count,
        {% for measure in moved_measures %}
        coalesce(moved.{{ measure }}, 0) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from opening
    inner join closing on opening.district_id = closing.district_id
    left join moved on opening.district_id = moved.district_id

),

figures as (

    select
        district_id,
        {% for measure in measures %}
        {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from by_district
    union all
    select
        'city' as district_id,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from by_district

),

reasons as (

    select
        districts.district_id,
        case
            when by_district.district_id is not null then null
            when states.present_state = 'refused' then '本月台账已退回'
            when closing.district_id is null then '本月未报送台账'
            when states.earlier_state = 'refused' then '上月台账已退回'
            when states.earlier_state = 'missing' then '上月未报送台账'
            else '本平台没有上月的台账'
        end as reason
    from districts
    left join by_district on districts.district_id = by_district.district_id
    left join closing on districts.district_id = closing.district_id
    left join states on districts.district_id = states.district_id
    where districts.level = 'district'
    union all
    select
        'city' as district_id,
        if(count(*) > 0, null, '各地区都没有可比的台账') as reason
    from by_district

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    {% for measure in measures %}
    cast(figures.{{ measure }} as bigint) as {{ measure }},
    {% endfor %}
    if(
        districts.level = 'city',
        bool_or(reasons.reason is not null) over (),
        reasons.reason is not null
    ) as is_partial,
    reasons.reason,
    {{ is_total("districts.district_id") }} as is_total
from districts
inner join reasons on districts.district_id = reasons.district_id
left join figures on districts.district_id = figures.district_id
order by districts.sort_order
