-- A survey that is under way, or a ledger with registered changes, does not stand still.
select
    null::integer as row_number,
    'survey_status' as field,
    '本地区' as record_key,
    present.content_hash = earlier.content_hash
    and present.row_count = earlier.row_count
    and (
        exists (
            select ledger.building_id from building_survey as ledger
            where ledger.survey_status in ('待排查', '排查中')
        )
        or exists (
            select changes.change_id
            from building_changes as changes
            cross join context
            where in_month(changes.changed_on, context.month)
        )
    ) as is_failing,
    format('{:,} 行都与上月相同', present.row_count) as compared
from content_of('building_survey') as present
cross join content_of('previous_building_survey') as earlier
