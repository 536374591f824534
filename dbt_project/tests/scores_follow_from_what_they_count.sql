-- A score that nobody can count again is an opinion: counts lie between nothing and all, a missing
-- score says why, the city is the sum of what was checked anywhere, and each denominator is found
-- again in the verdicts and deliveries themselves.
with

scores as (

    select * from {{ ref("rpt_data_quality_monthly") }}
    where {{ in_run_month() }}

),

judged as (

    select
        dimensions.dimension,
        verdict.district_id,
        sum(coalesce(verdict.checked_count, 1)) as check_count
    from {{ ref("rpt_verdict") }} as verdict
    inner join {{ ref("quality_dimensions") }} as dimensions
        on array_contains({{ parts_of("dimensions.rule_dimensions", "|") }}, verdict.dimension)
    where
        {{ in_run_month() }}
        and verdict.outcome != 'not_applicable'
        and (verdict.severity != 'info' or verdict.outcome = 'error')
        and verdict.kind != 'delivery'
    group by dimensions.dimension, verdict.district_id

),

owed as (

    select
        'timeliness' as dimension,
        district_id,
        -- a month that was due before the platform opened has only what is refused
        count(*) filter (where could_be_in_time or state = 'refused') as check_count
    from {{ source("run", "delivery") }}
    group by district_id

),

counted as (

    select * from judged
    union all
    select * from owed

),

-- the city's own deliveries are part of its row, not the whole of it
recounted as (

    select * from counted
    where district_id != 'city'
    union all
    select
        dimension,
        'city' as district_id,
        sum(check_count) as check_count
    from counted
    group by dimension

)

select
    scores.district_id,
    scores.dimension,
    scores.numerator,
    scores.denominator,
    recounted.check_count
from scores
left join recounted
    on scores.district_id = recounted.district_id and scores.dimension = recounted.dimension
where
    scores.numerator not between 0 and scores.denominator
    or scores.score not between 0 and 1
    or (scores.score is null) != (scores.reason is not null)
    or (scores.score is null) != (scores.denominator = 0)
    or (scores.dimension = 'verification' and scores.score * scores.denominator > scores.numerator)
    or (
        scores.dimension not in ('rectification', 'verification')
        and scores.denominator != coalesce(recounted.check_count, 0)
    )
