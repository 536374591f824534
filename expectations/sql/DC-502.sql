-- What was closed stays closed, and what was appraised keeps its grade: a re-check is a new row.
select
    danger_cases.row_number,
    'closed_on' as field,
    danger_cases.danger_case_id as record_key,
    coalesce(
        previous_danger_cases.closed_on is not null
        and danger_cases.closed_on is null
        and not exists (
            select later.danger_case_id
            from danger_cases as later
            where
                later.danger_case_id = danger_cases.danger_case_id
                and try_cast(later.appraisal_no as integer)
                > try_cast(danger_cases.appraisal_no as integer)
        ), false
    )
    or coalesce(
        previous_danger_cases.appraisal_grade is not null
        and coalesce(danger_cases.appraisal_grade, '') <> previous_danger_cases.appraisal_grade,
        false
    ) as is_failing
from danger_cases
inner join previous_danger_cases
    on
        danger_cases.danger_case_id = previous_danger_cases.danger_case_id
        and danger_cases.appraisal_no = previous_danger_cases.appraisal_no
order by danger_cases.row_number
