with

source as (

    select * from {{ source("exports", "alteration_cases") }}
    union all
    select * from {{ source("before", "alteration_cases") }}

),

renamed as (

    select
        month,
        district_id,
        delivery_id,
        file_name,
        sheet,
        row_number,
        case_id,
        town as town_name,
        building_id,
        address,
        source_channel,
        {{ strictly("received_on", "date") }} as received_on,
        alteration_type as alteration_type_name,
        {{ strictly("verified_on", "date") }} as verified_on,
        verification_result,
        duplicate_of as duplicate_of_case_id,
        {{ strictly("ordered_on", "date") }} as ordered_on,
        {{ strictly("completed_on", "date") }} as completed_on,
        resolution,
        {{ strictly("transferred_on", "date") }} as transferred_on,
        {{ strictly("withdrawn_on", "date") }} as withdrawn_on,
        withdrawal_reason,
        {{ strictly("reopened_on", "date") }} as reopened_on,
        remark,
        try_cast(as_at as date) as as_at
    from source

)

select * from renamed
