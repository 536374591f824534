-- Covers all months instead of replacing one: running a month again changes the comparisons of the
-- months after it.
{{ config(materialized="table") }}

{#- What a row is compared with: comparison, the earlier row, its columns, and how far back. -#}
{%- set comparisons = [
    ("mom", "last_month", "previous", "1 month"),
    ("yoy", "last_year", "year_ago", "1 year"),
] %}

with

measured as (

    {{ figures_by_measure(ref("rpt_district_monthly")) }}

),

lacking as (

    select
        month,
        metric_id,
        {{ joined("district_name", "、", "sort_order") }} as district_names
    from measured
    where district_id != 'city' and measure_value is null
    group by month, metric_id

),

-- The city's figure is partial for a metric if any district lacks that metric.
described as (

    select
        measured.*,
        metrics.kind,
        max(if(measured.district_id = 'city', measured.measure_value, null)) over this_month
            as city_value,
        bool_or(if(measured.district_id != 'city', measured.measure_value is null, null))
            over this_month as is_city_partial,
        lacking.district_names as missing_names,
        count(if(measured.district_id != 'city', measured.measure_value, null)) over this_month
            as ranked_count,
        if(
            measured.district_id = 'city' or measured.measure_value is null,
            null,
            rank() over (
                partition by measured.month, measured.metric_id, measured.district_id = 'city'
                order by measured.measure_value desc nulls last
            )
        ) as value_rank
    from measured
    inner join {{ ref("metrics") }} as metrics on measured.metric_id = metrics.metric_id
    left join lacking
        on measured.month = lacking.month and measured.metric_id = lacking.metric_id
    window this_month as (partition by measured.month, measured.metric_id)

),

coverage as (

    select * from {{ ref("int_coverage") }}

),

placed as (

    select
        *,
        district_id as placed_in
    from coverage
    union all
    select
        *,
        'city' as placed_in
    from coverage

),

-- Both sides of the city's comparison are sums over the districts that can be compared.
covered as (

    select
        month,
        comparison,
        base_name,
        metric_id,
        placed_in as district_id,
        sum(measure_value) filter (where reason_code is null) as covered_value,
        sum(base_value) filter (where reason_code is null) as base_value,
        {{ joined("district_id", "|", "sort_order") }} filter (where reason_code is null)
            as district_ids,
        case
            when count(*) filter (where reason_code is null) > 0 then null
            when count(distinct reason_code) = 1 then max(reason_code)
            when bool_or(has_base) then 'nothing_shared'
            else 'no_base_value'
        end as reason_code
    from placed
    group by month, comparison, base_name, metric_id, placed_in

),

left_out_alike as (

    select
        month,
        comparison,
        metric_id,
        {{ coverage_words("reason_code", "base_name") }} as words,
        {{ joined("district_name", "、", "sort_order") }} as district_names,
        min(sort_order) as first_place
    from coverage
    where reason_code is not null
    group by month, comparison, metric_id, base_name, reason_code

),

left_out as (

    select
        month,
        comparison,
        metric_id,
        '不含' || {{ joined(
            "district_names || '（' || words || '）'", "、", "first_place, words"
        ) }} as note
    from left_out_alike
    group by month, comparison, metric_id

),

calendar as (

    select {{ rows_of(list_of(range(1, 13))) }} as month_number

),

compared as (

    select
        covered.*,
        coalesce(
            covered.reason_code,
            {{ base_reason_code("covered.base_value", "covered.covered_value") }}
        ) as share_reason_code,
        if(covered.district_id = 'city' and covered.reason_code is null, left_out.note, null)
            as note
    from covered
    left join left_out
        on
            covered.month = left_out.month
            and covered.comparison = left_out.comparison
            and covered.metric_id = left_out.metric_id

),

-- What the year to date lacks: months that were not run, and districts missing in the others.
to_date as (

    select
        present.month,
        present.district_id,
        present.metric_id,
        sum(earlier.measure_value) as value_to_date,
        concat_ws(
            '，',
            {{ joined("cast(calendar.month_number as string)", "、", "calendar.month_number") }}
            filter (where earlier.measure_value is null) || '月没有数据',
            {{ joined(
                "calendar.month_number || '月缺' || earlier.missing_names",
                "，",
                "calendar.month_number"
            ) }} filter (
                where earlier.measure_value is not null
                and earlier.district_id = 'city'
                and earlier.is_city_partial
            )
        ) as missing
    from described as present
    inner join calendar
        on month(present.month) >= calendar.month_number
    left join described as earlier
        on
            present.district_id = earlier.district_id
            and present.metric_id = earlier.metric_id
            and year(present.month) = year(earlier.month)
            and calendar.month_number = month(earlier.month)
    where present.kind = 'flow'
    group by present.month, present.district_id, present.metric_id

)

select
    described.month,
    described.district_id,
    described.district_code,
    described.district_name,
    described.sort_order,
    described.metric_id,
    described.measure_order,
    described.kind,
    described.measure_value,
    {% for compared, earlier, base, _ in comparisons %}
    {{ earlier }}.measure_value as {{ base }}_value,
    cast({{ compared }}.covered_value - {{ compared }}.base_value as decimal(18, 2))
        as {{ compared }}_difference,
    if(
        {{ compared }}.share_reason_code is null,
        {{ share_of(
            compared ~ ".covered_value - " ~ compared ~ ".base_value", compared ~ ".base_value"
        ) }},
        null
    ) as {{ compared }}_share,
    {{ coverage_words(compared ~ ".share_reason_code", compared ~ ".base_name") }}
        as {{ compared }}_reason,
    {% endfor %}
    cast(if(to_date.missing = '', to_date.value_to_date, null) as decimal(18, 2)) as ytd_value,
    case
        when described.kind = 'stock' then '存量不累计'
        when to_date.missing != '' then '本年' || to_date.missing
    end as ytd_reason,
    described.city_value,
    if(
        described.city_value > 0,
        {{ share_of("described.measure_value", "described.city_value") }},
        null
    ) as city_share,
    case
        when described.measure_value is null then '本月没有数据'
        when described.city_value is null then '全市没有数据'
        when described.city_value = 0 then '全市为零'
        when described.city_value < 0 then '全市为负数'
    end as city_share_reason,
    cast(described.value_rank as integer) as value_rank,
    described.is_city_partial,
    described.district_id = 'city' and described.is_city_partial as is_partial,
    {% for _, earlier, base, _ in comparisons %}
    coalesce(described.district_id = 'city' and {{ earlier }}.is_city_partial, false)
        as is_{{ base }}_partial,
    {% endfor %}
    {% for compared, _, _, _ in comparisons %}
    cast({{ compared }}.covered_value as decimal(18, 2)) as {{ compared }}_covered_value,
    cast({{ compared }}.base_value as decimal(18, 2)) as {{ compared }}_base_value,
    {{ compared }}.district_ids as {{ compared }}_district_ids,
    {{ compared }}.share_reason_code as {{ compared }}_reason_code,
    {{ compared }}.note as {{ compared }}_note,
    {% endfor %}
    case
        when described.kind = 'stock' then 'stock'
        when to_date.missing != '' then 'month_missing'
    end as ytd_reason_code,
    if(
        described.measure_value is not null and described.is_city_partial,
        '占有数地区合计，不含' || described.missing_names,
        null
    ) as city_share_note,
    cast(if(described.value_rank is null, null, described.ranked_count) as bigint)
        as ranked_count,
    {{ is_total("described.district_id") }} as is_total
from described
{% for compared, earlier, _, span in comparisons %}
left join described as {{ earlier }}
    on
        described.month = {{ earlier }}.month + interval {{ span }}
        and described.district_id = {{ earlier }}.district_id
        and described.metric_id = {{ earlier }}.metric_id
left join compared as {{ compared }}
    on
        described.month = {{ compared }}.month
        and described.district_id = {{ compared }}.district_id
        and described.metric_id = {{ compared }}.metric_id
        and {{ compared }}.comparison = '{{ compared }}'
{% endfor %}
left join to_date
    on
        described.month = to_date.month
        and described.district_id = to_date.district_id
        and described.metric_id = to_date.metric_id
order by described.month, described.sort_order, described.measure_order
