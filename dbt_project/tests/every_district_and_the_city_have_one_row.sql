-- The bulletin prints every district each month (ten, and the city: eleven rows), with a gap where
-- one has not delivered: a row that drops out would look like a smaller city.
with

expected as (

    select
        run_month.month,
        districts.district_id
    from {{ source("run", "month") }} as run_month
    inner join {{ ref("dim_district") }} as districts
        on
            run_month.month >= districts.first_month
            and run_month.month <= coalesce(districts.last_month, run_month.month)

),

found as (

    select
        month,
        district_id,
        count(*) as row_count
    from {{ ref("rpt_district_monthly") }}
    where {{ in_run_month() }}
    group by month, district_id

)

select
    expected.district_id as expected_district_id,
    found.district_id as found_district_id,
    found.row_count
from expected
full outer join found
    on expected.month = found.month and expected.district_id = found.district_id
where found.row_count is distinct from 1 or expected.district_id is null
