select
    month,
    district_id,
    town_name,
    community_name,
    count(*) as building_count,
    count(*) filter (where survey_status != '无需排查') as to_be_surveyed_building_count,
    count(*) filter (where is_surveyed) as surveyed_building_count,
    cast(
        coalesce(sum(floor_area_m2) filter (where is_surveyed), 0) as decimal(24, 6)
    ) as surveyed_floor_area_m2,
    count(*) filter (where is_hazard) as hazard_count,
    count(*) filter (where is_hazard and initial_risk = '重大隐患') as major_hazard_count,
    count(*) filter (where is_hazard and hazard_resolved_on is null) as open_hazard_count,
    count(*) filter (where is_due) as due_hazard_count,
    count(*) filter (
        where is_due and hazard_resolved_on <= hazard_due_on
    ) as hazard_resolved_in_time_count
from (
    select
        *,
        {{ counted_rows("surveyed_building_count") }} as is_surveyed,
        is_surveyed
        and coalesce(initial_risk in ('一般隐患', '重大隐患'), false) as is_hazard,
        is_hazard and coalesce(hazard_due_on <= last_day(month), false) as is_due
    from {{ ref("stg_building_survey") }}
    where {{ in_run_month() }}
)
group by month, district_id, town_name, community_name
