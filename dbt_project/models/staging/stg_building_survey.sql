with

source as (

    select * from {{ source("exports", "building_survey") }}

),

renamed as (

    select
        month,
        district_id,
        delivery_id,
        file_name,
        sheet,
        row_number,
        building_id,
        town as town_name,
        community as community_name,
        address,
        building_name,
        building_category,
        structure_type,
        structure_note,
        try_cast(floors_above as bigint) as floors_above_count,
        try_cast(floors_below as bigint) as floors_below_count,
        try_cast(height_m as decimal(14, 2)) as height_m,
        cast(floor_area_m2 as decimal(14, 2)) as floor_area_m2,
        try_cast(built_year as bigint) as built_year,
        use as building_use,
        survey_status,
        no_survey_reason,
        cast(surveyed_on as date) as surveyed_on,
        case is_altered when '是' then true when '否' then false end as is_altered,
        cast(altered_on as date) as altered_on,
        case visible_defect when '有' then true when '无' then false end as is_visibly_defective,
        initial_risk,
        cast(hazard_due_on as date) as hazard_due_on,
        cast(hazard_resolved_on as date) as hazard_resolved_on,
        appraisal_grade,
        cast(appraised_on as date) as appraised_on,
        remark,
        try_cast(as_at as date) as as_at
    from source

)

select * from renamed
