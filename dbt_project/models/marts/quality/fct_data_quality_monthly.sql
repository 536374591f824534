with

districts as (

    select * from {{ ref("int_district_month") }}

),

dimensions as (

    select
        dimension,
        sort_order,
        {{ parts_of("rule_dimensions", "|") }} as rule_dimensions
    from {{ ref("quality_dimensions") }}

),

deliveries as (

    select * from {{ source("run", "delivery") }}

),

checks as (

    select
        deliveries.district_id,
        dimensions.dimension,
        sum(
            case
                when verdict.outcome = 'error' or deliveries.state = 'refused' then 0
                else verdict.checked_count - verdict.failing_count
            end
        ) as numerator,
        -- a rule that could not be evaluated counts as one failed check
        sum(coalesce(verdict.checked_count, 1)) as denominator,
        null as reason
    from {{ source("run", "verdict") }} as verdict
    inner join deliveries
        on verdict.district_id = deliveries.district_id and verdict.kind = deliveries.kind
    inner join dimensions on array_contains(dimensions.rule_dimensions, verdict.dimension)
    where
        verdict.outcome != 'not_applicable'
        -- informational rules ask for nothing and do not lower a score
        and (verdict.severity is distinct from 'info' or verdict.outcome = 'error')
    group by deliveries.district_id, dimensions.dimension

),

-- A month due before the platform received its first delivery is late for nobody. A refused
-- delivery counts as not delivered, whenever it came. orchestration/reference/deadlines.py decides
-- what is late.
timeliness as (

    select
        deliveries.district_id,
        'timeliness' as dimension,
        count(*) filter (
            where deliveries.state in ('accepted', 'accepted_with_quarantine')
            and not deliveries.is_late
        ) as numerator,
        count(*) filter (
            where deliveries.state = 'refused' or deliveries.could_be_in_time
        ) as denominator,
        '报送截止时本平台尚未开始接收报送，不评及时性' as reason
    from deliveries
    group by deliveries.district_id

),

rectification as (

    select
        district_id,
        'rectification' as dimension,
        gone_count as numerator,
        judged_again_count as denominator,
        '退回的问题所涉规则本月没有再判定' as reason
    from {{ ref("int_rectification") }}

),

-- What inspectors found on site about the district's ledger: a dimension of its own, not a check
-- of a delivery.
verification as (

    select
        progress.district_id,
        'verification' as dimension,
        case when progress.verification_factor is null then 0 else progress.passed_count end
            as numerator,
        case when progress.verification_factor is null then 0 else progress.inspected_count end
            as denominator,
        '已抽检核查的房屋太少，不足以评价' as reason
    from {{ ref("rpt_inspection_progress") }} as progress
    inner join {{ source("run", "month") }} as run_month
        on progress.month = run_month.month

),

counted as (

    select * from checks
    union all
    select * from timeliness
    union all
    select * from rectification
    union all
    select * from verification

),

delivering as (

    select
        district_id,
        bool_or(state != 'missing') as has_delivered
    from deliveries
    group by district_id

),

by_district as (

    select
        districts.district_id,
        dimensions.dimension,
        coalesce(counted.numerator, 0) as numerator,
        coalesce(counted.denominator, 0) as denominator,
        case
            when counted.denominator > 0 then null
            when counted.reason is not null then counted.reason
            when dimensions.dimension = 'rectification' then '上月和本月此前没有退回的问题'
            when dimensions.dimension = 'verification' then '本月没有采用的抽检核查结果'
            when delivering.has_delivered then '本月没有适用的规则'
            else '本月未报送'
        end as reason
    from districts
    cross join dimensions
    left join delivering on districts.district_id = delivering.district_id
    left join counted
        on
            districts.district_id = counted.district_id
            and dimensions.dimension = counted.dimension

),

of_the_whole_city as (

    select
        'city' as district_id,
        dimension,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        case
            when sum(denominator) > 0 then null
            when count(distinct reason) = 1 then max(reason)
            else '各地区都没有可评的内容'
        end as reason
    from by_district
    where dimension != 'verification'
    group by dimension

),

-- the sample's city row already covers the whole city, including small districts
scored as (

    select * from by_district
    where district_id != 'city' or dimension = 'verification'
    union all
    select * from of_the_whole_city

)

select
    districts.month,
    scored.district_id,
    districts.district_code,
    districts.district_name,
    scored.dimension,
    cast(scored.numerator as bigint) as numerator,
    cast(scored.denominator as bigint) as denominator,
    scored.reason,
    {{ is_total("scored.district_id") }} as is_total
from scored
inner join districts on scored.district_id = districts.district_id
inner join dimensions on scored.dimension = dimensions.dimension
order by districts.sort_order, dimensions.sort_order
