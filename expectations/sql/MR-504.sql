-- A month's count is no leap: not several times more or fewer than in the earlier months, and more
-- than chance explains. Small numbers leap by chance, and are let be.
with earlier as (
    select
        field,
        sum(reported) as total,
        count(*) as month_count
    from reported_flows('history_monthly_report')
    group by field
)

select
    present.row_number,
    present.field,
    '本地区' as record_key,
    not present.is_noted
    and is_outside(
        present.reported
        / greatest(earlier.total / earlier.month_count, band_low('expected_case_count')),
        'case_count_fold'
    )
    and chance_of_count(present.reported, earlier.total, earlier.month_count)
    < band_low('case_count_chance') as is_failing
from reported_flows('monthly_report') as present
inner join earlier on present.field = earlier.field
order by present.field
