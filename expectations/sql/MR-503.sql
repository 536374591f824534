-- The mean area of a stock hardly moves in a month: not out of its band round the median of the
-- earlier months whose own mean was plausible.
with reports as (
    select * from monthly_report
    union all by name
    select * from history_monthly_report
),

means as (
    select
        month,
        max(row_number) as row_number,
        bool_or(note is not null) as is_noted,
        sum(surveyed_building_count::bigint) as building_count,
        10000 * sum(surveyed_floor_area_10k_m2::double) / building_count as mean_floor_area_m2
    from reports
    group by month
    having building_count >= band_low('mean_building_count')
),

usual as (
    select median(means.mean_floor_area_m2) as mean_floor_area_m2
    from means
    cross join context
    where
        means.month < context.month
        and not is_outside(means.mean_floor_area_m2, 'mean_floor_area_m2')
)

select
    means.row_number,
    'surveyed_floor_area_10k_m2' as field,
    '本地区' as record_key,
    not means.is_noted
    and is_outside(means.mean_floor_area_m2 / usual.mean_floor_area_m2, 'mean_floor_area_fold')
        as is_failing,
    format(
        '平均每幢 {:,.0f} 平方米，以往各月的中位数是 {:,.0f} 平方米，应在其 {:.2f} 至 {:.2f} 倍之间',
        means.mean_floor_area_m2,
        usual.mean_floor_area_m2,
        band_low('mean_floor_area_fold'),
        band_high('mean_floor_area_fold')
    ) as compared
from means
cross join usual
cross join context
where means.month = context.month and usual.mean_floor_area_m2 is not null
