-- Rounding a rounded figure drifts: the printed 万㎡ stand within half of their last digit, 50 ㎡, of
-- the exact sum, in every row.
select
    month,
    district_id,
    surveyed_floor_area_10k_m2,
    surveyed_floor_area_m2
from {{ ref("rpt_district_monthly") }}
where
    {{ in_run_month() }}
    and abs(surveyed_floor_area_10k_m2 * 10000 - surveyed_floor_area_m2) > 50
