with

source as (

    select * from {{ source("exports", "alteration_cases") }}
    union all by name
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
        cast(received_on as date) as received_on,
        alteration_type as alteration_type_name,
        cast(verified_on as date) as verified_on,
        verification_result,
        duplicate_of as duplicate_of_case_id,
        cast(ordered_on as date) as ordered_on,
        cast(completed_on as date) as completed_on,
        resolution,
        cast(transferred_on as date) as transferred_on,
        cast(withdrawn_on as date) as withdrawn_on,
        withdrawal_reason,
        cast(reopened_on as date) as reopened_on,
        remark,
        try_cast(as_at as date) as as_at
    from source

)

select * from renamed
