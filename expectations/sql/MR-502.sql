-- All four case measures as last month, although so many events hardly repeat by chance: a copy.
-- Where the stocks are last month's too, less is needed to say so.
with stocks as (
    select
        month,
        sum(surveyed_building_count::bigint) as building_count,
        sum(surveyed_floor_area_10k_m2::double) as floor_area_10k_m2
    from (
        select * from monthly_report
        union all by name
        select * from previous_monthly_report
    ) as reports
    group by month
),

copied as (
    select
        count(*) = 2
        and count(distinct building_count) = 1
        and count(distinct round(floor_area_10k_m2, 2)) = 1 as is_copied
    from stocks
)

select
    max(present.row_number) as row_number,
    'suspected_complaint_count' as field,
    '本地区' as record_key,
    bool_and(present.reported = earlier.reported)
    and not bool_or(present.is_noted)
    and product(chance_of_repeat(present.reported)) < if(
        any_value(copied.is_copied),
        band_low('repeated_report_chance'),
        band_low('repeated_flows_chance')
    ) as is_failing,
    format(
        '四项案件数合计 {:,} 起，各项都与上月相同{}',
        sum(present.reported)::bigint,
        if(any_value(copied.is_copied), '，幢数、面积也与上月相同，疑为照抄上月', '')
    ) as compared
from reported_flows('monthly_report') as present
inner join reported_flows('previous_monthly_report') as earlier on present.field = earlier.field
cross join copied
