{#- What the machine said by itself, and the plate it found, before a clerk's word; a match that was
    taken back because several buildings claim the plate is none. -#}
{%- set own_outcome -%}
if(code.outcome = 'code_conflict', code.outcome, coalesce(code.machine_outcome, code.outcome))
{%- endset -%}
{%- set own_doorplate_code -%}
if(code.machine_outcome is null, code.doorplate_code, code.machine_doorplate_code)
{%- endset -%}
{#- No share below this many answers: even with 29 of 29 right the interval would start at 88 %. -#}
{%- set fewest = 30 -%}
with

districts as (

    select * from {{ ref("int_district_month") }}

),

-- the grand total of each register becomes the city's row
codes as (

    select
        coalesce(code.district_id, 'city') as district_id,
        count(*) as building_code_count,
        count(*) filter (where code.outcome = 'matched_exact') as matched_exact_code_count,
        count(*) filter (where code.outcome = 'matched_fuzzy') as matched_fuzzy_code_count,
        count(*) filter (where code.outcome = 'multi_candidate') as multi_candidate_code_count,
        count(*) filter (where code.outcome = 'no_candidate') as no_candidate_code_count,
        count(*) filter (where code.outcome = 'address_incomplete')
            as address_incomplete_code_count,
        count(*) filter (where code.outcome = 'code_conflict') as conflicting_code_count,
        count(*) filter (where code.outcome = 'pending_review') as pending_review_code_count,
        count(*) filter (
            where code.outcome in ('matched_exact', 'matched_fuzzy')
        ) as matched_code_count,
        -- null if there was no earlier month to compare with
        case when count(code.is_new_match) > 0 then count(*) filter (where code.is_new_match) end
            as new_matched_code_count,
        count(*) filter (
            where {{ own_outcome }} in ('matched_exact', 'matched_fuzzy')
        ) as machine_matched_code_count,
        count(*) filter (
            where {{ own_outcome }} in ('pending_review', 'multi_candidate')
        ) as machine_undecided_code_count
    from {{ source("matching", "code") }} as code
    where code.is_valid
    group by rollup(code.district_id)

),

-- codes decided by a clerk: few compared with the register
judged as (

    select
        code.district_id,
        {{ own_outcome }} as own_outcome,
        bool_or(
            decision.verdict = 'same' and decision.doorplate_code = {{ own_doorplate_code }}
        ) as is_right,
        bool_or(decision.verdict = 'same') as is_found,
        bool_or(
            decision.verdict = 'different' and decision.doorplate_code = {{ own_doorplate_code }}
        ) as is_denied,
        -- the review queue shows at most five plates
        count(*) >= least(min(code.candidate_count), 5) as is_answered
    from {{ source("matching", "code") }} as code
    inner join {{ source("matching", "decision") }} as decision
        on code.building_code = decision.building_code
    where code.is_valid
    group by code.building_code, code.district_id, own_outcome

),

labels as (

    select
        coalesce(district_id, 'city') as district_id,
        -- a code has one plate: if a clerk matched it to another, it does not match this one
        count(*) filter (
            where own_outcome in ('matched_exact', 'matched_fuzzy') and (is_found or is_denied)
        ) as labelled_match_count,
        count(*) filter (
            where own_outcome in ('matched_exact', 'matched_fuzzy') and is_right
        ) as correct_match_count,
        count(*) filter (
            where
            own_outcome in ('pending_review', 'multi_candidate') and (is_found or is_answered)
        ) as labelled_undecided_code_count,
        count(*) filter (
            where own_outcome in ('pending_review', 'multi_candidate') and is_found
        ) as found_undecided_code_count
    from judged
    group by rollup(district_id)

),

counted as (

    select
        districts.district_id,
        coalesce(codes.machine_matched_code_count, 0) as machine_matched_code_count,
        coalesce(codes.machine_undecided_code_count, 0) as machine_undecided_code_count,
        coalesce(labels.labelled_match_count, 0) as labelled_match_count,
        coalesce(labels.correct_match_count, 0) as correct_match_count,
        coalesce(labels.labelled_undecided_code_count, 0) as labelled_undecided_code_count,
        coalesce(labels.found_undecided_code_count, 0) as found_undecided_code_count,
        labelled_match_count >= {{ fewest }} as is_enough,
        -- estimated from the labels: right matches, and undecided codes that have a plate
        machine_matched_code_count * correct_match_count
        / nullif(labelled_match_count, 0) as likely_found,
        case
            when machine_undecided_code_count = 0 then 0
            -- or all of them
            when labelled_undecided_code_count >= least({{ fewest }}, machine_undecided_code_count)
                then
                    machine_undecided_code_count * found_undecided_code_count
                    / labelled_undecided_code_count
        end as likely_missed
    from districts
    left join codes on districts.district_id = codes.district_id
    left join labels on districts.district_id = labels.district_id

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
    {{ share_of("codes.matched_code_count", "codes.building_code_count") }} as code_matched_share,
    codes.new_matched_code_count,
    counted.machine_matched_code_count,
    counted.machine_undecided_code_count,
    counted.labelled_match_count,
    counted.correct_match_count,
    if(
        counted.is_enough,
        {{ share_of("counted.correct_match_count", "counted.labelled_match_count") }},
        null
    ) as matching_precision_share,
    if(
        counted.is_enough,
        {{ wilson_bound("counted.correct_match_count", "counted.labelled_match_count", "low") }},
        null
    ) as matching_precision_share_low,
    if(
        counted.is_enough,
        {{ wilson_bound("counted.correct_match_count", "counted.labelled_match_count", "high") }},
        null
    ) as matching_precision_share_high,
    counted.labelled_undecided_code_count,
    counted.found_undecided_code_count,
    if(counted.is_enough, counted.likely_found, null) as estimated_correct_match_count,
    if(counted.is_enough, counted.likely_found + counted.likely_missed, null)
        as estimated_matchable_code_count,
    if(
        counted.is_enough,
        {{ share_of("counted.likely_found", "counted.likely_found + counted.likely_missed") }},
        null
    ) as matching_recall_share,
    {{ is_total("districts.district_id") }} as is_total
from districts
inner join counted on districts.district_id = counted.district_id
left join codes on districts.district_id = codes.district_id
left join plates on districts.district_id = plates.district_id
-- a month without the registers has no row: its counts are missing, not zero
where exists (select 1 from {{ source("matching", "code") }})
