-- Stocks and flows all as last month, although so many events hardly repeat by chance: a copy.
with present as (
    select
        max(row_number) as row_number,
        sum(surveyed_building_count::bigint) as building_count,
        sum(surveyed_floor_area_10k_m2::decimal(38, 12)) as floor_area_10k_m2
    from monthly_report
    having count(*) > 0
),

earlier as (
    select
        sum(surveyed_building_count::bigint) as building_count,
        sum(surveyed_floor_area_10k_m2::decimal(38, 12)) as floor_area_10k_m2
    from previous_monthly_report
    having count(*) > 0
),

flows as (
    select
        bool_and(now.reported = before.reported) as are_repeated,
        bool_or(now.is_noted) as is_noted,
        product(chance_of_repeat(now.reported)) as chance
    from reported_flows('monthly_report') as now
    inner join reported_flows('previous_monthly_report') as before on now.field = before.field
)

select
    present.row_number,
    'surveyed_building_count' as field,
    '本地区' as record_key,
    present.building_count = earlier.building_count
    and present.floor_area_10k_m2 = earlier.floor_area_10k_m2
    and flows.are_repeated
    and not flows.is_noted
    and flows.chance < band_low('repeated_report_chance') as is_failing,
    format(
        '{}幢、{:.2f}万平方米和四项案件数都与上月相同，疑为照抄上月',
        present.building_count,
        present.floor_area_10k_m2::double
    ) as told
from present
cross join earlier
cross join flows
