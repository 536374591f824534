-- Covers all months instead of replacing one: last month's score must stay what last month's row
-- says, even if that month is run again.
{{ config(materialized="table") }}

with

scored as (

    select
        *,
        cast(
            case
                -- only a sample: the lower bound, not the share that happened to pass
                when dimension = 'verification'
                    then {{ wilson_bound("numerator", "denominator", "low") }}
                else round(numerator / nullif(denominator, 0), 6)
            end as decimal(7, 6)
        ) as score
    from {{ ref("fct_data_quality_monthly") }}

),

-- What the city's score is made of: its districts' counts, and the rest, which is the city's own
-- deliveries. The sample is left out: its row for the city is not a sum and is compared as it is.
parts as (

    select
        month,
        district_id,
        dimension,
        numerator,
        denominator
    from scored
    where district_id != 'city' and dimension != 'verification'
    union all
    select
        month,
        'city' as district_id,
        dimension,
        sum(if(district_id = 'city', numerator, -numerator)) as numerator,
        sum(if(district_id = 'city', denominator, -denominator)) as denominator
    from scored
    where dimension != 'verification'
    group by month, dimension
    having bool_or(district_id = 'city')

),

counted as (

    select
        parts.*,
        nullif(parts.denominator, 0) as measure_value,
        cast(null as string) as basis,
        -- the join leaves the city without a name; here it means the city's own deliveries
        coalesce(listed.district_name, '市级报送') as part_name,
        coalesce(listed.sort_order, 0) as part_order
    from parts
    left join {{ ref("rpt_district_monthly") }} as listed
        on
            parts.month = listed.month
            and parts.district_id = listed.district_id
            and parts.district_id != 'city'

),

months as (

    select distinct month
    from scored

),

places as (

    select distinct
        months.month,
        counted.district_id,
        counted.dimension
    from months
    inner join counted
        on counted.month in (months.month, months.month - interval 1 month)

),

covered as (

    select
        places.month,
        places.dimension,
        coalesce(present.part_name, base.part_name) as part_name,
        coalesce(present.part_order, base.part_order) as part_order,
        -- no gap: nothing was scored in either month
        present.measure_value is null and base.measure_value is null as is_idle,
        {{ coverage_reason_code("present", "base", "base_months.month is not null") }}
            as reason_code,
        present.numerator,
        present.denominator,
        base.numerator as base_numerator,
        base.denominator as base_denominator
    from places
    left join months as base_months
        on places.month = base_months.month + interval 1 month
    left join counted as present
        on
            places.month = present.month
            and places.district_id = present.district_id
            and places.dimension = present.dimension
    left join counted as base
        on
            places.month = base.month + interval 1 month
            and places.district_id = base.district_id
            and places.dimension = base.dimension

),

city_changes as (

    select
        month,
        dimension,
        cast(
            round(sum(numerator) / sum(denominator), 6)
            - round(sum(base_numerator) / sum(base_denominator), 6)
            as decimal(7, 6)
        ) as score_change
    from covered
    where reason_code is null
    group by month, dimension

),

left_out as (

    select
        month,
        dimension,
        '不含' || {{ joined(
            "part_name || '（' || " ~ coverage_words("reason_code", "'上月'") ~ " || '）'",
            "、",
            "part_order, part_name"
        ) }} as note
    from covered
    where reason_code is not null and not is_idle
    group by month, dimension

)

select
    scored.month,
    scored.district_id,
    scored.district_code,
    scored.district_name,
    scored.dimension,
    dimensions.chinese_name as dimension_name,
    dimensions.sort_order as dimension_order,
    scored.score,
    scored.numerator,
    scored.denominator,
    last_month.score as previous_score,
    case
        when scored.district_id = 'city' and scored.dimension != 'verification'
            then city_changes.score_change
        else cast(scored.score - last_month.score as decimal(7, 6))
    end as score_change,
    scored.reason,
    if(
        scored.district_id = 'city' and city_changes.score_change is not null,
        left_out.note,
        null
    ) as score_change_note,
    {{ is_total("scored.district_id") }} as is_total
from scored
inner join {{ ref("quality_dimensions") }} as dimensions
    on scored.dimension = dimensions.dimension
left join scored as last_month
    on
        scored.month = last_month.month + interval 1 month
        and scored.district_id = last_month.district_id
        and scored.dimension = last_month.dimension
left join city_changes
    on scored.month = city_changes.month and scored.dimension = city_changes.dimension
left join left_out
    on scored.month = left_out.month and scored.dimension = left_out.dimension
order by scored.month, scored.district_code, dimensions.sort_order
