with

source as (

    select * from {{ source("exports", "quality_inspection") }}

),

renamed as (

    select
        month,
        district_id,
        delivery_id,
        file_name,
        sheet,
        row_number,
        inspection_id,
        round as inspection_round,
        district as inspected_district_name,
        building_id,
        {{ strictly("floor_area_m2", "decimal(14, 2)") }} as floor_area_m2,
        inspection_group,
        contractor,
        {{ strictly("inspected_on", "date") }} as inspected_on,
        conclusion,
        issue_types,
        try_cast(rectify_by as date) as rectification_due_on,
        try_cast(rectified_on as date) as rectified_on,
        replaces_building_id,
        replacement_reason,
        remark,
        try_cast(as_at as date) as as_at
    from source

)

select * from renamed
