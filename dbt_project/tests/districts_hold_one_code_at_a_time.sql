-- A district with two codes in one month would be counted twice in the city's total.
select
    earlier.district_id,
    earlier.district_code,
    later.first_month
from {{ ref("dim_district") }} as earlier
inner join {{ ref("dim_district") }} as later
    on
        earlier.district_id = later.district_id
        and earlier.first_month < later.first_month
        and coalesce(earlier.last_month, later.first_month) >= later.first_month
