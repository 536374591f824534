with

source as (

    select * from {{ source("exports", "building_survey") }}
    union all
    select * from {{ source("before", "building_survey") }}

),

renamed as (

    select
        {{ building_survey_columns() | indent(8) }}
    from source

)

select * from renamed
