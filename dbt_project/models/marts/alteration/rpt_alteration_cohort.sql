-- Covers all months instead of replacing one: a cohort's shares depend on the months after it.
{{ config(materialized="table") }}

with

facts as (

    select * from {{ ref("fct_alteration_case_monthly") }}

),

delivered as (

    select
        month,
        district_id
    from {{ ref("rpt_alteration_flow_monthly") }}
    where district_id != 'city' and case_basis = 'ledger'

),

districts as (

    select
        month,
        count(*) as district_count
    from {{ ref("rpt_alteration_flow_monthly") }}
    where district_id != 'city'
    group by month

),

ages as (

    select {{ rows_of(list_of([1, 2, 3, 6, 12])) }} as month_count

),

received as (

    select
        month,
        district_id,
        case_id,
        received_on
    from facts
    where is_received

),

-- What is known about each case by the end of the cohort's time. The first completion is recorded
-- only in the months before a reopening overwrote it.
followed as (

    select
        received.month,
        received.district_id,
        received.case_id,
        ages.month_count,
        bool_or(
            facts.verification_result = '属实'
            and facts.verified_on <= {{ months_after("received.received_on", "ages.month_count") }}
        ) as is_verified,
        bool_or(
            facts.verification_result = '属实'
            and facts.completed_on <= {{ months_after("received.received_on", "ages.month_count") }}
        ) as is_completed
    from received
    cross join ages
    inner join facts
        on
            received.district_id = facts.district_id
            and received.case_id = facts.case_id
            and received.month <= facts.month
            and {{ months_after("received.month", "ages.month_count") }} >= facts.month
    group by received.month, received.district_id, received.case_id, ages.month_count

),

counted as (

    select
        month,
        district_id,
        month_count,
        count(*) as received_count,
        count(*) filter (where is_verified) as verified_count,
        count(*) filter (where is_completed) as completed_count
    from followed
    group by month, district_id, month_count

),

-- Every month of the cohort's time must have been delivered: nobody knows what ended in a missing
-- month.
observed as (

    select
        cohort.month,
        cohort.district_id,
        ages.month_count,
        count(distinct later.month) = ages.month_count + 1 as is_observed
    from delivered as cohort
    cross join ages
    left join delivered as later
        on
            cohort.district_id = later.district_id
            and cohort.month <= later.month
            and {{ months_after("cohort.month", "ages.month_count") }} >= later.month
    group by cohort.month, cohort.district_id, ages.month_count

),

by_district as (

    select
        observed.month,
        observed.district_id,
        observed.month_count,
        observed.is_observed,
        coalesce(counted.received_count, 0) as received_count,
        if(observed.is_observed, coalesce(counted.verified_count, 0), null) as verified_count,
        if(observed.is_observed, coalesce(counted.completed_count, 0), null) as completed_count
    from observed
    left join counted
        on
            observed.month = counted.month
            and observed.district_id = counted.district_id
            and observed.month_count = counted.month_count

),

-- The city is observed only if all its districts are: a share of some districts is not the city's.
with_city as (

    select * from by_district
    union all
    select
        by_district.month,
        'city' as district_id,
        by_district.month_count,
        bool_and(by_district.is_observed)
        and count(*) = max(districts.district_count) as is_observed,
        sum(by_district.received_count) as received_count,
        if(
            bool_and(by_district.is_observed) and count(*) = max(districts.district_count),
            sum(by_district.verified_count),
            null
        ) as verified_count,
        if(
            bool_and(by_district.is_observed) and count(*) = max(districts.district_count),
            sum(by_district.completed_count),
            null
        ) as completed_count
    from by_district
    inner join districts on by_district.month = districts.month
    group by by_district.month, by_district.month_count

)

select
    with_city.month,
    with_city.district_id,
    flows.district_code,
    flows.district_name,
    flows.sort_order,
    cast(with_city.month_count as bigint) as month_count,
    cast(with_city.received_count as bigint) as received_count,
    cast(with_city.verified_count as bigint) as cohort_verified_count,
    cast(with_city.completed_count as bigint) as cohort_completed_count,
    {{ share_of("with_city.verified_count", "with_city.received_count") }}
        as cohort_verified_share,
    {{ share_of("with_city.completed_count", "with_city.received_count") }}
        as cohort_completed_share,
    with_city.is_observed,
    {{ is_total("with_city.district_id") }} as is_total
from with_city
inner join {{ ref("rpt_alteration_flow_monthly") }} as flows
    on with_city.month = flows.month and with_city.district_id = flows.district_id
order by with_city.month, flows.sort_order, with_city.month_count
