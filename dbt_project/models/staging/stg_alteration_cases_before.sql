with

source as (

    select * from {{ source("before", "alteration_cases") }}

),

renamed as (

    select
        district_id,
        case_id,
        town as town_name,
        building_id,
        address,
        source_channel,
        cast(received_on as date) as received_on,
        alteration_type as alteration_type_name,
        cast(verified_on as date) as verified_on,
        verification_result,
        cast(completed_on as date) as completed_on,
        try_cast(withdrawn_on as date) as withdrawn_on,
        try_cast(reopened_on as date) as reopened_on
    from source

)

select * from renamed
