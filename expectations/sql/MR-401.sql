-- The survey measures of the report equal those of the district's own building ledger.
with report as (
    select
        max(row_number) as row_number,
        sum(surveyed_building_count::bigint) as surveyed_building_count,
        sum(surveyed_floor_area_10k_m2::decimal(18, 6)) as surveyed_floor_area_10k_m2
    from monthly_report
    having count(*) > 0
),

ledger as (
    select
        count(*) as surveyed_building_count,
        coalesce(sum(floor_area_m2::decimal(18, 6)), 0) as floor_area_m2
    from building_survey
    where survey_status = '已排查'
)

select
    report.row_number,
    'surveyed_building_count' as field,
    '本地区' as record_key,
    report.surveyed_building_count <> ledger.surveyed_building_count as is_failing
from report cross join ledger
union all
select
    report.row_number,
    'surveyed_floor_area_10k_m2' as field,
    '本地区' as record_key,
    -- the report is rounded to 0.01 万平方米, that is 100 平方米
    abs(report.surveyed_floor_area_10k_m2 * 10000 - ledger.floor_area_m2) > 50 as is_failing
from report cross join ledger
order by field
