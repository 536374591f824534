-- Which fields the supervision of an open D-grade case lacks.
with open_cases as (
    select
        row_number,
        danger_case_id as record_key,
        due_on is null as due_on,
        next_step is null as next_step,
        next_step_on is null as next_step_on,
        last_patrol_on is null as last_patrol_on
    from last_danger_rows()
    where appraisal_grade = 'D' and closed_on is null and accepted_on is null
),

asked as (
    unpivot open_cases
    on due_on, next_step, next_step_on, last_patrol_on
    into name field value is_failing
)

select
    row_number,
    field,
    record_key,
    is_failing
from asked
order by row_number, field
