-- Covers all months instead of replacing one: last month's score must stay what last month's row
-- says, even if that month is run again.
{{ config(materialized="table") }}

{%- set group_scores = {
    "total_score": "true",
    "survey_entry_score": "group_name = '排查录入'",
    "hazard_rectification_score": "group_name = '隐患整治'",
} %}

with

indicators as (

    select * from {{ ref("fct_assessment_indicator_monthly") }}

),

-- For each month the latest row valid in it.
limits as (

    select
        months.month,
        assessment_limits.minimum_weight_share
    from (select distinct indicators.month from indicators) as months
    inner join {{ ref("assessment_limits") }} as assessment_limits
        on cast(assessment_limits.first_month || '-01' as date) <= months.month
    qualify
        row_number() over (
            partition by months.month order by assessment_limits.first_month desc
        ) = 1

),

limited as (

    select
        indicators.*,
        limits.minimum_weight_share
    from indicators
    inner join limits on indicators.month = limits.month

),

totals as (

    select
        month,
        district_id,
        district_code,
        district_name,
        district_order as sort_order,
        {% for column, condition in group_scores.items() %}
        case
            when
                sum(weight) filter (where {{ condition }} and indicator_score is not null)
                >= minimum_weight_share * sum(weight) filter (where {{ condition }})
                then cast(
                    round(
                        cast(sum(weight * indicator_score) filter (where {{ condition }}) as double)
                        / sum(weight) filter (
                            where {{ condition }} and indicator_score is not null
                        ),
                        4
                    ) as decimal(9, 4)
                )
        end as {{ column }},
        {% endfor %}
        sum(weight) filter (where indicator_score is not null) as available_weight,
        {{ share_of("sum(weight) filter (where indicator_score is not null)", "sum(weight)") }}
            as available_weight_share,
        minimum_weight_share,
        {{ joined("indicator_name || '（' || reason || '）'", "、", "indicator_order") }}
        filter (where reason is not null) as missing_indicator_names,
        max(missing_rule) as missing_rule,
        bool_or(is_example) as is_example
    from limited
    group by
        month, district_id, district_code, district_name, district_order, minimum_weight_share

),

ranked as (

    select
        *,
        if(
            district_id = 'city' or total_score is null,
            null,
            rank() over (
                partition by month, district_id = 'city' order by total_score desc nulls last
            )
        ) as score_rank
    from totals

),

-- Total and rank if one indicator reached its target and all else stayed the same.
scored_at_target as (

    select
        ranked.month,
        ranked.district_id,
        indicators.indicator_id,
        indicators.indicator_name,
        indicators.indicator_order,
        cast(
            round(
                ranked.total_score
                + cast(indicators.weight * (100 - indicators.indicator_score) as double)
                / ranked.available_weight,
                4
            ) as decimal(9, 4)
        ) as score_at_target
    from ranked
    inner join indicators
        on ranked.month = indicators.month and ranked.district_id = indicators.district_id
    where indicators.indicator_score < 100 and ranked.score_rank is not null

),

ranked_at_target as (

    select
        scored.*,
        1 + count(rivals.district_id) as rank_at_target
    from scored_at_target as scored
    left join ranked as rivals
        on
            scored.month = rivals.month
            and scored.district_id != rivals.district_id
            and rivals.score_rank is not null
            and scored.score_at_target < rivals.total_score
    group by all

),

leads as (

    select *
    from ranked_at_target
    qualify
        row_number() over (
            partition by month, district_id
            order by rank_at_target asc, score_at_target desc, indicator_order asc
        ) = 1

),

-- A score is compared with last month's if both rest on the same indicators, and the city's if they
-- rest on the same indicators of every district. Ranks are compared if the same districts have one.
rested_on as (

    select
        month,
        district_id,
        {{ joined("indicator_id", "|", "indicator_id") }} as what
    from indicators
    where indicator_score is not null and district_id != 'city'
    group by month, district_id
    union all
    select
        month,
        'city' as district_id,
        {{ joined("district_id || ' ' || indicator_id", "|", "district_id, indicator_id") }}
            as what
    from indicators
    where indicator_score is not null
    group by month

),

ranked_places as (

    select
        month,
        {{ joined("district_id", "|", "district_id") }} as district_ids
    from ranked
    where score_rank is not null
    group by month

)

select
    ranked.month,
    ranked.district_id,
    ranked.district_code,
    ranked.district_name,
    ranked.sort_order,
    ranked.total_score,
    ranked.survey_entry_score,
    ranked.hazard_rectification_score,
    cast(ranked.score_rank as integer) as score_rank,
    cast(
        if(
            ranked.score_rank is null,
            null,
            count(*) over (partition by ranked.month, ranked.score_rank)
        ) as bigint
    ) as same_rank_count,
    last_month.total_score as previous_score,
    cast(
        if(rested.what = rested_before.what, ranked.total_score - last_month.total_score, null)
        as decimal(9, 4)
    ) as score_change,
    cast(last_month.score_rank as integer) as previous_rank,
    cast(
        if(
            places.district_ids = places_before.district_ids,
            last_month.score_rank - ranked.score_rank,
            null
        ) as bigint
    ) as places_gained_count,
    leads.indicator_id as lead_indicator_id,
    leads.indicator_name as lead_indicator_name,
    leads.score_at_target as lead_score_at_target,
    cast(leads.rank_at_target as integer) as lead_rank_at_target,
    ranked.available_weight_share,
    case
        when ranked.total_score is not null then null
        when ranked.available_weight_share is null then 'no_indicator'
        else 'too_little_weight'
    end as no_score_code,
    case
        when ranked.total_score is not null then null
        when ranked.available_weight_share is null then '没有可以计分的指标，不计总分、不排名'
        else
            '有数据的指标只占权重的'
            || cast(round(100 * ranked.available_weight_share, 1) as decimal(9, 1))
            || '%，低于'
            || cast(round(100 * ranked.minimum_weight_share, 1) as decimal(9, 1))
            || '%，不计总分、不排名'
    end as no_score_reason,
    ranked.missing_indicator_names,
    ranked.missing_rule,
    ranked.is_example,
    case
        when ranked.total_score is null then '本月没有得分'
        when last_month.total_score is null then '上月没有得分'
        when rested.what != rested_before.what and ranked.district_id = 'city'
            then '两月计分的地区或指标不同'
        when rested.what != rested_before.what then '两月计分的指标不同'
    end as score_change_reason,
    case
        when ranked.score_rank is null then '本月不排名'
        when last_month.score_rank is null then '上月没有排名'
        when places.district_ids != places_before.district_ids then '两月参加排名的地区不同'
    end as places_gained_reason,
    {{ is_total("ranked.district_id") }} as is_total
from ranked
left join ranked as last_month
    on
        ranked.month = last_month.month + interval 1 month
        and ranked.district_id = last_month.district_id
left join leads
    on ranked.month = leads.month and ranked.district_id = leads.district_id
left join rested_on as rested
    on ranked.month = rested.month and ranked.district_id = rested.district_id
left join rested_on as rested_before
    on
        ranked.month = rested_before.month + interval 1 month
        and ranked.district_id = rested_before.district_id
left join ranked_places as places on ranked.month = places.month
left join ranked_places as places_before
    on ranked.month = places_before.month + interval 1 month
order by ranked.month, ranked.sort_order
