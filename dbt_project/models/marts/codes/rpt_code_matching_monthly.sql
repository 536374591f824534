with

districts as (

    select * from {{ ref("int_district_month") }}

),

-- the grand total of each register is the city's row
codes as (

    select
        coalesce(district_id, 'city') as district_id,
        count(*) as building_code_count,
        count(*) filter (where outcome = 'matched_exact') as matched_exact_code_count,
        count(*) filter (where outcome = 'matched_fuzzy') as matched_fuzzy_code_count,
        count(*) filter (where outcome = 'multi_candidate') as multi_candidate_code_count,
        count(*) filter (where outcome = 'no_candidate') as no_candidate_code_count,
        count(*) filter (where outcome = 'address_incomplete') as address_incomplete_code_count,
        count(*) filter (where outcome = 'code_conflict') as conflicting_code_count,
        count(*) filter (where outcome = 'pending_review') as pending_review_code_count,
        count(*) filter (
            where outcome in ('matched_exact', 'matched_fuzzy')
        ) as matched_code_count,
        -- null throughout where there was no earlier month to compare with
        case when count(is_new_match) > 0 then count(*) filter (where is_new_match) end
            as new_matched_code_count
    from {{ source("matching", "code") }}
    where is_valid
    group by rollup(district_id)

),

plates as (

    select
        coalesce(district_id, 'city') as district_id,
        count(*) as doorplate_count
    from {{ source("matching", "plate") }}
    where is_candidate
    group by rollup(district_id)

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    coalesce(codes.building_code_count, 0) as building_code_count,
    coalesce(plates.doorplate_count, 0) as doorplate_count,
    coalesce(codes.matched_exact_code_count, 0) as matched_exact_code_count,
    coalesce(codes.matched_fuzzy_code_count, 0) as matched_fuzzy_code_count,
    coalesce(codes.multi_candidate_code_count, 0) as multi_candidate_code_count,
    coalesce(codes.no_candidate_code_count, 0) as no_candidate_code_count,
    coalesce(codes.address_incomplete_code_count, 0) as address_incomplete_code_count,
    coalesce(codes.conflicting_code_count, 0) as conflicting_code_count,
    coalesce(codes.pending_review_code_count, 0) as pending_review_code_count,
    coalesce(codes.matched_code_count, 0) as matched_code_count,
    codes.matched_code_count / nullif(codes.building_code_count, 0) as code_matched_share,
    codes.new_matched_code_count
from districts
left join codes on districts.district_id = codes.district_id
left join plates on districts.district_id = plates.district_id
-- a month without the registers has no row: their counts are missing, not zero
where exists (select 1 from {{ source("matching", "code") }})
