with

source as (

    select * from {{ source("exports", "building_changes") }}

),

renamed as (

    select
        month,
        district_id,
        delivery_id,
        file_name,
        sheet,
        row_number,
        change_id,
        old_building_id,
        new_building_id,
        change_type,
        {{ strictly("changed_on", "date") }} as changed_on,
        basis as change_basis,
        try_cast(as_at as date) as as_at
    from source

)

select * from renamed
