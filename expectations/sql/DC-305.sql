-- The next step of an open case lies ahead: a date that has passed is a plan nobody kept up.
select
    cases.row_number,
    'next_step_on' as field,
    cases.danger_case_id as record_key,
    coalesce(
        cases.closed_on is null
        and try_cast(cases.next_step_on as date) < last_day(context.month),
        false
    ) as is_failing
from last_danger_rows() as cases
cross join context
order by cases.row_number
