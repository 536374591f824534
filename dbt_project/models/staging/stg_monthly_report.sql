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
        {{ strictly("surveyed_building_count", "bigint") }} as surveyed_building_count,
        {{ strictly("surveyed_floor_area_10k_m2", "decimal(18, 6)") }}
            as surveyed_floor_area_10k_m2,
        {{ strictly("suspected_complaint_count", "bigint") }} as suspected_complaint_count,
        {{ strictly("suspected_patrol_count", "bigint") }} as suspected_patrol_count,
        {{ strictly("verified_count", "bigint") }} as verified_count,
        {{ strictly("completed_count", "bigint") }} as completed_count,
        try_cast(as_at as date) as as_at,
        note
    from source

)

select * from renamed
