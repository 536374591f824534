with

districts as (

    select
        month,
        district_id
    from {{ ref("int_district_month") }}
    where level = 'district'

),

survey as (

    select * from {{ ref("int_survey_ledger_measures") }}

),

cases as (

    select * from {{ ref("int_case_ledger_measures") }}

),

reported as (

    select * from {{ ref("int_reported_measures") }}

),

based as (

    select
        districts.month,
        districts.district_id,
        case
            when survey.district_id is not null then 'ledger'
            when reported.district_id is not null then 'reported'
            else 'missing'
        end as survey_basis,
        case
            when cases.district_id is not null then 'ledger'
            when reported.district_id is not null then 'reported'
            else 'missing'
        end as case_basis,
        -- An accepted ledger has no null measure, so the report is used only without a ledger.
        coalesce(survey.surveyed_building_count, reported.surveyed_building_count)
            as surveyed_building_count,
        coalesce(survey.surveyed_floor_area_m2, reported.surveyed_floor_area_m2)
            as surveyed_floor_area_m2,
        coalesce(cases.suspected_complaint_count, reported.suspected_complaint_count)
            as suspected_complaint_count,
        coalesce(cases.suspected_patrol_count, reported.suspected_patrol_count)
            as suspected_patrol_count,
        coalesce(cases.verified_count, reported.verified_count) as verified_count,
        coalesce(cases.completed_count, reported.completed_count) as completed_count
    from districts
    left join survey
        on districts.month = survey.month and districts.district_id = survey.district_id
    left join cases
        on districts.month = cases.month and districts.district_id = cases.district_id
    left join reported
        on districts.month = reported.month and districts.district_id = reported.district_id

)

select
    *,
    survey_basis = 'missing' or case_basis = 'missing' as is_partial
from based
