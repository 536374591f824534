{%- set ledger_of_measure = {
    "surveyed_building_count": "survey",
    "surveyed_floor_area_10k_m2": "survey",
    "suspected_complaint_count": "cases",
    "suspected_patrol_count": "cases",
    "verified_count": "cases",
    "completed_count": "cases",
} -%}

with

districts as (

    select * from {{ ref("int_district_month") }}

),

survey as (

    select
        *,
        {{ round_half_up_10k("surveyed_floor_area_m2") }} as surveyed_floor_area_10k_m2
    from {{ ref("int_survey_ledger_measures") }}

),

cases as (

    select * from {{ ref("int_case_ledger_measures") }}

),

reported as (

    select
        *,
        {{ round_half_up_10k("surveyed_floor_area_m2") }} as surveyed_floor_area_10k_m2
    from {{ ref("int_reported_measures") }}

),

paired as (

    {% for measure, ledger in ledger_of_measure.items() %}
    select
        reported.month,
        reported.district_id,
        '{{ measure }}' as metric_id,
        cast({{ ledger }}.{{ measure }} as decimal(18, 2)) as ledger_value,
        cast(reported.{{ measure }} as decimal(18, 2)) as reported_value
    from reported
    inner join {{ ledger }}
        on
            reported.month = {{ ledger }}.month
            and reported.district_id = {{ ledger }}.district_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    paired.month,
    paired.district_id,
    districts.district_code,
    districts.district_name,
    paired.metric_id,
    paired.ledger_value,
    paired.reported_value,
    cast(paired.ledger_value - paired.reported_value as decimal(18, 2)) as difference
from paired
left join districts
    on paired.month = districts.month and paired.district_id = districts.district_id
order by districts.sort_order, paired.metric_id
