-- Two columns beside each other, each of which is a leap against the earlier months, and neither of
-- which would be if they were exchanged: filled in the wrong way round.
with earlier as (
    select
        field,
        sum(reported) as total,
        count(*) as month_count
    from reported_flows('history_monthly_report')
    group by field
),

known as (
    select
        present.row_number,
        present.is_noted,
        present.field,
        present.reported,
        earlier.total,
        earlier.month_count
    from reported_flows('monthly_report') as present
    inner join earlier on present.field = earlier.field
)

select
    known.row_number,
    known.field,
    '本地区' as record_key,
    not known.is_noted
    and chance_of_count(known.reported, known.total, known.month_count)
    < band_low('case_count_chance')
    and chance_of_count(other.reported, other.total, other.month_count)
    < band_low('case_count_chance')
    and chance_of_count(known.reported, other.total, other.month_count)
    >= band_low('case_count_chance')
    and chance_of_count(other.reported, known.total, known.month_count)
    >= band_low('case_count_chance') as is_failing,
    format(
        '本月为{}和{}，以往月均为{:.1f}和{:.1f}，对调后与以往相符，疑为两列填反',
        known.reported,
        other.reported,
        known.total / known.month_count,
        other.total / other.month_count
    ) as told
from known
inner join known as other
    on
        (known.field = 'suspected_complaint_count' and other.field = 'suspected_patrol_count')
        or (known.field = 'verified_count' and other.field = 'completed_count')
order by known.field
