-- All four case measures as last month, although so many events hardly repeat by chance: a copy.
select
    max(present.row_number) as row_number,
    'suspected_complaint_count' as field,
    '本地区' as record_key,
    bool_and(present.reported = earlier.reported)
    and not bool_or(present.is_noted)
    and product(chance_of_repeat(present.reported)) < band_low('repeated_flows_chance')
        as is_failing
from reported_flows('monthly_report') as present
inner join reported_flows('previous_monthly_report') as earlier on present.field = earlier.field
