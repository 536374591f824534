-- A stock may fall, but a fall is explained: by the note, or by registered changes.
with present as (
    select
        max(row_number) as row_number,
        sum(surveyed_building_count::bigint) as building_count,
        bool_or(note is not null) as is_noted
    from monthly_report
    having count(*) > 0
),

earlier as (
    select sum(surveyed_building_count::bigint) as building_count
    from previous_monthly_report
    having count(*) > 0
),

explaining as (
    select count(*) as change_count
    from building_changes
    where change_type in ('拆除', '合并', '去重', '划转')
)

select
    present.row_number,
    'surveyed_building_count' as field,
    '本地区' as record_key,
    present.building_count < earlier.building_count
    and not present.is_noted
    and explaining.change_count = 0 as is_failing
from present cross join earlier cross join explaining
