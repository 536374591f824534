-- Covers all months: running a month again changes the comparisons of the months after it.
with

measured as (

    select *
    from ({{ figures_by_measure(ref("rpt_district_monthly")) }}) as figures
    where district_id != 'city'

),

months as (

    select distinct month
    from measured

),

comparisons as (

    select
        months.month,
        'mom' as comparison,
        months.month - interval 1 month as base_month,
        '上月' as base_name
    from months
    union all
    select
        months.month,
        'yoy' as comparison,
        months.month - interval 1 year as base_month,
        '上年同月' as base_name
    from months

),

-- A district listed in only one of the two months has a row too, so that it is left out by name.
places as (

    select distinct
        comparisons.month,
        comparisons.comparison,
        comparisons.base_month,
        comparisons.base_name,
        base_months.month is not null as has_base,
        measured.district_id,
        measured.metric_id
    from comparisons
    left join months as base_months on comparisons.base_month = base_months.month
    inner join measured
        on measured.month in (comparisons.month, comparisons.base_month)

)

select
    places.month,
    places.comparison,
    cast(places.base_month as date) as base_month,
    places.base_name,
    places.has_base,
    places.district_id,
    coalesce(present.district_name, base.district_name) as district_name,
    coalesce(present.sort_order, base.sort_order) as sort_order,
    places.metric_id,
    present.measure_value,
    base.measure_value as base_value,
    {{ coverage_reason_code("present", "base", "places.has_base") }} as reason_code
from places
left join measured as present
    on
        places.month = present.month
        and places.district_id = present.district_id
        and places.metric_id = present.metric_id
left join measured as base
    on
        places.base_month = base.month
        and places.district_id = base.district_id
        and places.metric_id = base.metric_id
