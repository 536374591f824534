-- A table over all months, not one month replaced: a month that was run again late changes the
-- comparisons of the months after it.
{{ config(materialized="replace_all") }}

{%- set measures = [
    "surveyed_building_count",
    "surveyed_floor_area_m2",
    "suspected_complaint_count",
    "suspected_patrol_count",
    "suspected_count",
    "verified_count",
    "completed_count",
] %}

with

figures as (

    select
        *,
        suspected_complaint_count + suspected_patrol_count as suspected_count
    from {{ ref("rpt_district_monthly") }}

),

measured as (

    {% for measure in measures %}
    select
        month,
        district_id,
        district_code,
        sort_order,
        '{{ measure }}' as measure,
        {{ loop.index }} as measure_order,
        cast({{ measure }} as decimal(18, 2)) as measure_value
    from figures
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- A city's figure is partial for one measure if any district lacks that measure.
described as (

    select
        measured.*,
        metrics.kind,
        max(measured.measure_value) filter (where measured.district_id = 'city') over this_month
            as city_value,
        bool_or(measured.measure_value is null) filter (where measured.district_id != 'city')
            over this_month as is_city_partial,
        if(
            measured.district_id = 'city' or measured.measure_value is null,
            null,
            rank() over (
                partition by measured.month, measured.measure, measured.district_id = 'city'
                order by measured.measure_value desc nulls last
            )
        ) as value_rank,
        sum(measured.measure_value) over this_year as value_to_date,
        count(measured.measure_value) over this_year as month_count_to_date
    from measured
    inner join {{ ref("metrics") }} as metrics on measured.measure = metrics.metric_id
    window
        this_month as (partition by measured.month, measured.measure),
        this_year as (
            partition by measured.district_id, measured.measure, year(measured.month)
            order by measured.month
        )

),

compared as (

    select
        present.*,
        last_month.measure_value as previous_value,
        last_year.measure_value as year_ago_value,
        present.district_id = 'city' and present.is_city_partial as is_partial,
        present.district_id = 'city' and last_month.is_city_partial as is_previous_partial,
        present.district_id = 'city' and last_year.is_city_partial as is_year_ago_partial
    from described as present
    left join described as last_month
        on
            present.month = last_month.month + interval 1 month
            and present.district_id = last_month.district_id
            and present.measure = last_month.measure
    left join described as last_year
        on
            present.month = last_year.month + interval 1 year
            and present.district_id = last_year.district_id
            and present.measure = last_year.measure

)

select
    month,
    district_id,
    district_code,
    sort_order,
    measure,
    measure_order,
    kind,
    measure_value,
    previous_value,
    cast(measure_value - previous_value as decimal(18, 2)) as mom_difference,
    (measure_value - previous_value) / nullif(previous_value, 0) as mom_share,
    case
        when measure_value is null then '本月没有数据'
        when previous_value is null then '上月没有数据'
        when previous_value = 0 then '上月为零'
    end as mom_reason,
    year_ago_value,
    cast(measure_value - year_ago_value as decimal(18, 2)) as yoy_difference,
    (measure_value - year_ago_value) / nullif(year_ago_value, 0) as yoy_share,
    case
        when measure_value is null then '本月没有数据'
        when year_ago_value is null then '上年同月没有数据'
        when year_ago_value = 0 then '上年同月为零'
    end as yoy_reason,
    cast(
        if(kind = 'flow' and month_count_to_date = month(month), value_to_date, null)
        as decimal(18, 2)
    ) as ytd_value,
    case
        when kind = 'stock' then '存量不累计'
        when month_count_to_date < month(month)
            then '本年有' || (month(month) - month_count_to_date) || '个月没有数据'
    end as ytd_reason,
    city_value,
    measure_value / nullif(city_value, 0) as city_share,
    case
        when measure_value is null then '本月没有数据'
        when city_value is null then '全市没有数据'
        when city_value = 0 then '全市为零'
    end as city_share_reason,
    cast(value_rank as integer) as value_rank,
    is_city_partial,
    is_partial,
    coalesce(is_previous_partial, false) as is_previous_partial,
    coalesce(is_year_ago_partial, false) as is_year_ago_partial
from compared
order by month, sort_order, measure_order
