select
    month,
    district_id,
    town_name,
    count(*) filter (
        where {{ counted_rows("suspected_complaint_count") }}
    ) as suspected_complaint_count,
    count(*) filter (
        where {{ counted_rows("suspected_patrol_count") }}
    ) as suspected_patrol_count,
    count(*) filter (where {{ counted_rows("verified_count") }}) as verified_count,
    count(*) filter (where {{ counted_rows("completed_count") }}) as completed_count
from {{ ref("stg_alteration_cases") }}
where {{ in_run_month() }}
group by month, district_id, town_name
