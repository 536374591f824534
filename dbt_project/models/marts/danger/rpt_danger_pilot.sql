with

run_month as (

    select * from {{ source("run", "month") }}

),

pilots as (

    select areas.*
    from {{ ref("danger_pilot_areas") }} as areas
    inner join run_month
        on
            run_month.month >= cast(areas.first_month || '-01' as date)
            and run_month.month
            <= coalesce(cast(areas.last_month || '-01' as date), run_month.month)

),

-- The official list of the month: the last vintage, and also the next, unless the last is of the
-- month's last day.
vintages as (

    select
        max(towns.vintage) filter (where towns.vintage <= last_day(run_month.month)) as vintage,
        min(towns.vintage) filter (where towns.vintage > last_day(run_month.month)) as next_vintage,
        any_value(last_day(run_month.month)) as month_end
    from {{ ref("areas_towns") }} as towns
    cross join run_month

),

-- A pilot town covers all its communities, a pilot community only itself.
names as (

    select distinct
        pilots.area_code,
        pilots.area_name,
        pilots.level,
        pilots.district_id,
        {{ place_stem("towns.town_name") }} as town_stem,
        if(pilots.level = 'community', {{ place_stem("communities.community_name") }}, null)
            as community_stem
    from pilots
    inner join {{ ref("areas_towns") }} as towns
        on left(pilots.area_code, length(towns.town_code)) = towns.town_code
    inner join vintages
        on
            towns.vintage = vintages.vintage
            or (
                towns.vintage = vintages.next_vintage
                and vintages.vintage is distinct from vintages.month_end
            )
    left join {{ ref("areas_communities") }} as communities
        on
            pilots.area_code = communities.community_code
            and towns.vintage = communities.vintage
    where pilots.level = 'town' or communities.community_code is not null

),

cases as (

    select * from {{ ref("rpt_danger_case_monthly") }}
    where {{ in_run_month() }} and is_listed

),

buildings as (

    select survey.*
    from {{ ref("stg_building_survey") }} as survey
    semi join cases
        on survey.district_id = cases.district_id and survey.building_id = cases.building_id
    where
        survey.{{ in_run_month() }}
        and survey.district_id in (select pilots.district_id from pilots)

)

select
    cases.month,
    names.area_code,
    names.area_name,
    names.level,
    cases.district_id,
    cases.district_code,
    cases.district_name,
    cases.danger_case_id,
    cases.building_id,
    cases.town_name,
    cases.community_name,
    buildings.building_category,
    buildings.structure_type,
    buildings.built_year,
    buildings.floors_above_count,
    cast(buildings.floor_area_m2 as decimal(18, 2)) as floor_area_m2,
    buildings.survey_status,
    buildings.initial_risk,
    cases.found_on,
    cases.found_by,
    cases.first_grade,
    cases.last_grade,
    cases.grade_history,
    cases.stage_name,
    cases.stage_since_on,
    cases.treatment,
    cases.treatment_started_on,
    cases.due_on,
    cases.is_overdue,
    cases.ended_on,
    cases.interim_control,
    cases.lead_unit,
    cases.next_step,
    cases.next_step_on,
    cases.is_monitored,
    cases.last_patrol_on,
    cases.warning_codes,
    cases.warnings
from cases
inner join names
    on
        cases.district_id = names.district_id
        and {{ place_stem("cases.town_name") }} = names.town_stem
        and (
            names.level = 'town'
            or {{ place_stem("cases.community_name") }} = names.community_stem
        )
left join buildings
    on cases.district_id = buildings.district_id and cases.building_id = buildings.building_id
order by names.area_code, cases.danger_case_id
