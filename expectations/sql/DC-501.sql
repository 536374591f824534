-- Every case that last month's register left open stands in this month's.
with left_open as (
    select danger_case_id
    from previous_danger_cases
    group by danger_case_id
    having count(closed_on) = 0
),

present as (select distinct danger_case_id from danger_cases)

select
    null::integer as row_number,
    'danger_case_id' as field,
    left_open.danger_case_id as record_key,
    present.danger_case_id is null as is_failing
from left_open
left join present on left_open.danger_case_id = present.danger_case_id
order by record_key
