-- A building that is neither kept, gained nor lost, or is counted twice, would show here: what
-- stood at the opening, less what vanished, plus what came, is what stands; the same for the
-- surveyed ones, which are the published figure; the city is the sum of what can be compared.
with

changes as (

    select * from {{ ref("rpt_ledger_change_monthly") }}
    where {{ in_run_month() }}

),

city as (

    select
        sum(closing_building_count) filter (where district_id != 'city') as closing_building_count,
        sum(vanished_building_count) filter (where district_id != 'city')
            as vanished_building_count,
        sum(changed_building_count) filter (where district_id != 'city') as changed_building_count
    from changes

)

select
    changes.*,
    figures.surveyed_building_count
from changes
left join {{ ref("rpt_district_monthly") }} as figures
    on changes.month = figures.month and changes.district_id = figures.district_id
cross join city
where
    (changes.reason is null) != (changes.opening_building_count is not null)
    or (changes.reason is null) != (changes.closing_surveyed_building_count is not null)
    or changes.opening_building_count + changes.entered_building_count
    - changes.vanished_building_count != changes.closing_building_count
    or changes.opening_surveyed_building_count + changes.newly_surveyed_building_count
    - changes.no_longer_surveyed_building_count != changes.closing_surveyed_building_count
    or changes.demolished_building_count + changes.merged_building_count
    + changes.split_building_count + changes.deduplicated_building_count
    + changes.transferred_building_count + changes.vanished_without_reason_building_count
    != changes.vanished_building_count
    or changes.vanished_without_reason_building_count < 0
    or (
        not changes.is_partial
        and changes.closing_surveyed_building_count
        is distinct from figures.surveyed_building_count
    )
    or (
        changes.district_id = 'city'
        and (
            changes.closing_building_count is distinct from city.closing_building_count
            or changes.vanished_building_count is distinct from city.vanished_building_count
            or changes.changed_building_count is distinct from city.changed_building_count
        )
    )
