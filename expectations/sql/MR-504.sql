-- A month's count is no leap: not several times more or fewer than in the earlier months, and more
-- than chance explains. Small numbers leap by chance, and are let be. Two columns of which each is
-- what the other used to be were filled in the wrong way round.
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
        case present.field
            when 'suspected_complaint_count' then 'suspected_patrol_count'
            when 'suspected_patrol_count' then 'suspected_complaint_count'
            when 'verified_count' then 'completed_count'
            else 'verified_count'
        end as other_field,
        present.reported,
        earlier.total,
        earlier.month_count,
        earlier.total / earlier.month_count as usual
    from reported_flows('monthly_report') as present
    inner join earlier on present.field = earlier.field
)

select
    known.row_number,
    known.field,
    '本地区' as record_key,
    not known.is_noted
    and is_outside(
        known.reported / greatest(known.usual, band_low('expected_case_count')), 'case_count_fold'
    )
    and chance_of_count(known.reported, known.total, known.month_count)
    < band_low('case_count_chance') as is_failing,
    format(
        '本月 {:,} 起，以往月均 {:.1f} 起，应在其 {:.2f} 至 {:.0f} 倍之间',
        known.reported::bigint,
        known.usual,
        band_low('case_count_fold'),
        band_high('case_count_fold')
    )
    || if(
        chance_of_count(other.reported, other.total, other.month_count)
        < band_low('case_count_chance')
        and chance_of_count(known.reported, other.total, other.month_count)
        >= band_low('case_count_chance')
        and chance_of_count(other.reported, known.total, known.month_count)
        >= band_low('case_count_chance'),
        format('；与另一列（{:,} 起）对调后都与以往相符，疑为两列填反', other.reported::bigint),
        ''
    ) as compared
from known
inner join known as other on known.other_field = other.field
order by known.field
