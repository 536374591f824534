-- A building whose last appraisal is C or D is neither a false alarm nor graded down.
select
    row_number,
    'closed_reason' as field,
    danger_case_id as record_key,
    coalesce(closed_reason in ('复鉴降级', '误报') and appraisal_grade in ('C', 'D'), false)
        as is_failing
from last_danger_rows()
order by row_number
