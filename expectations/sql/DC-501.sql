-- Every case that last month's register left open stands in this month's.
with left_open as (
    select danger_case_id
    from previous_danger_cases
    group by danger_case_id
    having count(closed_on) = 0
),

listed as (select distinct danger_case_id from listed_danger_cases)

select
    null::integer as row_number,
    'danger_case_id' as field,
    left_open.danger_case_id as record_key,
    listed.danger_case_id is null as is_failing
from left_open
left join listed on left_open.danger_case_id = listed.danger_case_id
order by record_key
