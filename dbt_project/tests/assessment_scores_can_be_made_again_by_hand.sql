-- A district that loses places asks why: its score follows from the printed ratios, floors, targets
-- and weights alone, nothing that is missing counts as zero, nobody is scored on a small part of
-- the weight, and equal scores share a rank.
with

indicators as (

    select * from {{ ref("fct_assessment_indicator_monthly") }}
    where {{ in_run_month() }}

),

totals as (

    select * from {{ ref("rpt_district_assessment_monthly") }}
    where {{ in_run_month() }}

),

limits as (

    select assessment_limits.minimum_weight_share
    from {{ ref("assessment_limits") }} as assessment_limits
    inner join {{ source("run", "month") }} as run_month
        on cast(assessment_limits.first_month || '-01' as date) <= run_month.month
    order by assessment_limits.first_month desc
    limit 1

),

by_hand as (

    select
        district_id,
        cast(sum(weight * indicator_score) as double)
        / sum(weight) filter (where indicator_score is not null) as total_score,
        cast(sum(weight) filter (where indicator_score is not null) as double) / sum(weight)
            as weight_share,
        sum(effective_weight) as effective_weight
    from indicators
    group by district_id

)

select
    totals.district_id,
    'total' as broken
from totals
inner join by_hand on totals.district_id = by_hand.district_id
cross join limits
where
    (totals.total_score is not null)
    != coalesce(by_hand.weight_share >= limits.minimum_weight_share, false)
    or (totals.total_score is null) != (totals.no_score_code is not null)
    or (totals.total_score is null and totals.score_rank is not null)
    or abs(totals.total_score - by_hand.total_score) > 0.0001
    or abs(by_hand.effective_weight - 1) > 0.0001
    or totals.lead_rank_at_target > totals.score_rank
    or (
        totals.score_rank - 1 != (
            select count(*) from totals as rivals
            where rivals.district_id != 'city' and rivals.total_score > totals.total_score
        )
    )
union all
select
    indicators.district_id,
    indicators.indicator_id as broken
from indicators
where
    (indicators.indicator_score is null) != (indicators.reason is not null)
    or (indicators.reason is not null) != (indicators.missing_rule is not null)
    or indicators.indicator_score not between 0 and 100
    or (indicators.direction = 'higher') != (indicators.target_value > indicators.floor_value)
    or abs(
        indicators.indicator_score - greatest(
            0,
            least(
                100,
                cast(100 * (indicators.indicator_value - indicators.floor_value) as double)
                / (indicators.target_value - indicators.floor_value)
            )
        )
    ) > 0.0001
    or abs(indicators.indicator_value - indicators.numerator / indicators.denominator) > 0.000001
