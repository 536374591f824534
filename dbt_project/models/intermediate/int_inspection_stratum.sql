with

strata as (

    select
        district_id,
        stratum,
        max(stratum_frame_count) as frame_count,
        count(*) as sampled_count
    from {{ source("run", "sample") }}
    group by district_id, stratum

),

inspected as (

    select
        district_id,
        stratum,
        count(*) as inspected_count,
        count(*) filter (where is_passed) as passed_count
    from {{ ref("int_inspection_building") }}
    where is_inspected and stratum is not null
    group by district_id, stratum

)

select
    strata.district_id,
    strata.stratum,
    strata.frame_count,
    strata.sampled_count,
    coalesce(inspected.inspected_count, 0) as inspected_count,
    coalesce(inspected.passed_count, 0) as passed_count
from strata
left join inspected
    on strata.district_id = inspected.district_id and strata.stratum = inspected.stratum
