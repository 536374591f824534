-- Every issue named is one of the five that the inspection knows.
select
    row_number,
    'issue_types' as field,
    inspection_id as record_key,
    len(
        list_filter(
            string_split(issue_types, '、'),
            lambda issue: issue not in ('完整性', '规范性', '一致性', '准确性', '其他')
        )
    ) > 0 as is_failing
from quality_inspection
where issue_types is not null
order by row_number
