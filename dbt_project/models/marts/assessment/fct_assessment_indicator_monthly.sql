{%- set counted_in = {
    "survey_coverage": [
        "int_survey_measures_by_place",
        "sum(surveyed_building_count)",
        "sum(to_be_surveyed_building_count)",
        "true",
    ],
    "hazard_in_time": [
        "int_survey_measures_by_place",
        "sum(hazard_resolved_in_time_count)",
        "sum(due_hazard_count)",
        "true",
    ],
    "delivery_timeliness": [
        "fct_data_quality_monthly",
        "sum(numerator)",
        "sum(denominator)",
        "district_id != 'city' and dimension = 'timeliness'",
    ],
    "entry_completeness": [
        "fct_data_quality_monthly",
        "sum(numerator)",
        "sum(denominator)",
        "district_id != 'city' and dimension = 'completeness'",
    ],
    "inspection_pass": [
        "rpt_inspection_progress",
        "sum(passed_count)",
        "sum(inspected_count)",
        "district_id != 'city'",
    ],
    "d_grade_in_time": [
        "rpt_danger_closure_monthly",
        "sum(eliminated_in_time_count)",
        "sum(due_reached_count)",
        "district_id != 'city' and grade_code = 'D'",
    ],
} -%}

with

run_month as (

    select * from {{ source("run", "month") }}

),

indicators as (

    select indicators.*
    from {{ ref("assessment_indicators") }} as indicators
    cross join run_month
    where cast(indicators.first_month || '-01' as date) <= run_month.month
    qualify
        row_number() over (
            partition by indicators.indicator_id order by indicators.first_month desc
        ) = 1

),

-- Cases that were due: those completed in the month, and those still open after their deadline.
alteration_completions as (

    select
        district_id,
        in_time_count,
        with_deadline_count as due_count
    from {{ ref("rpt_alteration_duration_monthly") }}
    where {{ in_run_month() }} and step = 'completion' and district_id != 'city'
    union all
    select
        district_id,
        0 as in_time_count,
        overdue_count as due_count
    from {{ ref("rpt_alteration_ageing_monthly") }}
    where {{ in_run_month() }} and step = 'completion' and district_id != 'city'

),

counted as (

    {% for indicator_id, (model, numerator, denominator, condition) in counted_in.items() %}
    select
        district_id,
        '{{ indicator_id }}' as indicator_id,
        {{ numerator }} as numerator,
        {{ denominator }} as denominator
    from {{ ref(model) }}
    where {{ in_run_month() }} and {{ condition }}
    group by district_id
    union all
    {% endfor %}
    select
        district_id,
        'alteration_in_time' as indicator_id,
        sum(in_time_count) as numerator,
        sum(due_count) as denominator
    from alteration_completions
    group by district_id

),

with_city as (

    select * from counted
    union all
    select
        'city' as district_id,
        indicator_id,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from counted
    group by indicator_id

),

valued as (

    select
        districts.month,
        districts.district_id,
        districts.district_code,
        districts.district_name,
        districts.sort_order as district_order,
        indicators.*,
        cast(with_city.numerator as bigint) as numerator,
        cast(with_city.denominator as bigint) as denominator,
        {{ share_of("with_city.numerator", "with_city.denominator") }} as indicator_value,
        case
            when with_city.denominator > 0 then null
            when with_city.denominator = 0 then '本月没有应计的项目'
            else '本月没有可用的数据'
        end as reason
    from {{ ref("int_district_month") }} as districts
    cross join indicators
    left join with_city
        on
            districts.district_id = with_city.district_id
            and indicators.indicator_id = with_city.indicator_id

),

-- Linear from floor to target, capped at both ends.
scored as (

    select
        *,
        cast(
            round(
                100 * greatest(
                    0,
                    least(
                        1,
                        cast(indicator_value - floor_value as double)
                        / (target_value - floor_value)
                    )
                ),
                4
            ) as decimal(9, 4)
        ) as indicator_score,
        -- null if no indicator has a value: there is no total to weigh
        cast(if(indicator_value is null, 0, weight) as double)
        / nullif(sum(if(indicator_value is null, 0, weight)) over (partition by district_id), 0)
            as effective_weight
    from valued

)

select
    month,
    district_id,
    district_code,
    district_name,
    district_order,
    indicator_id,
    indicator_name,
    group_name,
    sort_order as indicator_order,
    metric_id,
    numerator,
    denominator,
    indicator_value,
    floor_value,
    target_value,
    direction,
    if(indicator_value is null, null, indicator_score) as indicator_score,
    weight,
    cast(round(effective_weight, 6) as decimal(9, 6)) as effective_weight,
    is_example,
    reason,
    if(reason is null, null, missing_rule) as missing_rule,
    {{ is_total("district_id") }} as is_total
from scored
order by district_order, indicator_order
