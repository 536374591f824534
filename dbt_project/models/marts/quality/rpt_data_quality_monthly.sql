-- A table over all months, not one month replaced: last month's score must be what last month says
-- today, also after it was run again.
{{ config(materialized="replace_all") }}

with

scored as (

    select
        *,
        cast(
            case
                -- a sample only: what it vouches for, not what it happened to find
                when dimension = 'verification'
                    then {{ wilson_bound("numerator", "denominator", "low") }}
                else round(numerator / nullif(denominator, 0), 6)
            end as decimal(7, 6)
        ) as score
    from {{ ref("fct_data_quality_monthly") }}

)

select
    scored.month,
    scored.district_id,
    scored.district_code,
    scored.dimension,
    dimensions.chinese_name as dimension_name,
    dimensions.sort_order as dimension_order,
    scored.score,
    scored.numerator,
    scored.denominator,
    last_month.score as previous_score,
    cast(scored.score - last_month.score as decimal(7, 6)) as score_change,
    scored.reason
from scored
inner join {{ ref("quality_dimensions") }} as dimensions
    on scored.dimension = dimensions.dimension
left join scored as last_month
    on
        scored.month = last_month.month + interval 1 month
        and scored.district_id = last_month.district_id
        and scored.dimension = last_month.dimension
order by scored.month, scored.district_code, dimensions.sort_order
