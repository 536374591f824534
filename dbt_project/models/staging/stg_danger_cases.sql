with

source as (

    select * from {{ source("exports", "danger_cases") }}
    union all
    select * from {{ source("before", "danger_cases") }}

),

renamed as (

    {{ renamed_danger_cases() }}

)

select * from renamed
