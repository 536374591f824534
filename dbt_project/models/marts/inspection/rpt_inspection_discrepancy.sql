with

planned as (

    select * from {{ ref("int_inspection_building") }}

),

delivered_otherwise as (

    select
        planned.district_id,
        planned.building_id,
        planned.sample_state as discrepancy,
        planned.inspection_id,
        planned.replaces_building_id,
        planned.replacement_reason
    from planned
    where planned.sample_state in ('replacement', 'not_sampled')

),

not_delivered as (

    select
        drawn.district_id,
        drawn.building_id,
        'not_delivered' as discrepancy,
        null as inspection_id,
        null as replaces_building_id,
        null as replacement_reason
    from {{ source("run", "sample") }} as drawn
    where
        not exists (
            select 1 from planned
            where
                planned.district_id = drawn.district_id
                and (
                    (planned.sample_state = 'sampled' and planned.building_id = drawn.building_id)
                    or (
                        planned.sample_state = 'replacement'
                        and planned.replaces_building_id = drawn.building_id
                    )
                )
        )

),

discrepancies as (

    select * from delivered_otherwise
    union all
    select * from not_delivered

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    discrepancies.building_id,
    discrepancies.discrepancy,
    discrepancies.inspection_id,
    discrepancies.replaces_building_id,
    discrepancies.replacement_reason
from discrepancies
inner join {{ ref("int_district_month") }} as districts
    on discrepancies.district_id = districts.district_id
inner join {{ ref("int_inspection_as_at") }} as delivered
    on districts.month = delivered.month
order by
    districts.sort_order,
    discrepancies.discrepancy,
    discrepancies.building_id,
    discrepancies.inspection_id
