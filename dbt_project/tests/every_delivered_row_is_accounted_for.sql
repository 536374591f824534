-- No row of a district's file may get lost between its file and our figures: what was in the file
-- was accepted, quarantined, or itemised as something other than data.
select
    month,
    district_id,
    kind,
    state,
    row_count,
    accepted_count,
    quarantined_count,
    itemised_count
from {{ ref("rpt_delivery") }}
where
    {{ in_run_month() }}
    and (
        row_count is distinct from accepted_count + quarantined_count + itemised_count
        or (row_count is null and state in ('accepted', 'accepted_with_quarantine'))
    )
