-- What was closed stays closed, and what was appraised keeps its grade: a re-check is a new row.
with compared as (
    select
        danger_cases.row_number,
        danger_cases.danger_case_id,
        danger_cases.closed_on,
        danger_cases.appraisal_grade,
        previous_danger_cases.closed_on as closed_before,
        previous_danger_cases.appraisal_grade as grade_before,
        exists(
            select later.danger_case_id
            from danger_cases as later
            where
                later.danger_case_id = danger_cases.danger_case_id
                and try_cast(later.appraisal_no as integer)
                > try_cast(danger_cases.appraisal_no as integer)
        ) as is_appraised_again
    from danger_cases
    inner join previous_danger_cases
        on
            danger_cases.danger_case_id = previous_danger_cases.danger_case_id
            and danger_cases.appraisal_no = previous_danger_cases.appraisal_no
)

select
    row_number,
    'closed_on' as field,
    danger_case_id as record_key,
    closed_before is not null and closed_on is null and not is_appraised_again as is_failing
from compared
union all
select
    row_number,
    'appraisal_grade' as field,
    danger_case_id as record_key,
    grade_before is not null and coalesce(appraisal_grade, '') <> grade_before as is_failing
from compared
order by row_number, field
