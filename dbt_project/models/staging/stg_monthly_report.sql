with

source as (

    select * from {{ source("exports", "monthly_report") }}

),

renamed as (

    select
        month,
        district_id,
        delivery_id,
        file_name,
        sheet,
        row_number,
        town as town_name,
        cast(surveyed_building_count as bigint) as surveyed_building_count,
        cast(surveyed_floor_area_10k_m2 as decimal(18, 6)) as surveyed_floor_area_10k_m2,
        cast(suspected_complaint_count as bigint) as suspected_complaint_count,
        cast(suspected_patrol_count as bigint) as suspected_patrol_count,
        cast(verified_count as bigint) as verified_count,
        cast(completed_count as bigint) as completed_count,
        try_cast(as_at as date) as as_at,
        note
    from source

)

select * from renamed
