-- A drawn building that silently turns into an easier one makes a pass rate worthless: every drawn
-- building is inspected, replaced or listed as not delivered, and every planned one is drawn, a
-- replacement or listed as not drawn; without a sample nothing of it is claimed.
with

progress as (

    select * from {{ ref("rpt_inspection_progress") }}
    where {{ in_run_month() }}

),

listed as (

    select
        district_id,
        count(*) filter (where discrepancy = 'replacement') as replacement_count,
        count(*) filter (where discrepancy = 'not_sampled') as not_sampled_count,
        count(*) filter (where discrepancy = 'not_delivered') as not_delivered_count
    from {{ ref("rpt_inspection_discrepancy") }}
    where {{ in_run_month() }}
    group by district_id

)

select
    progress.district_id,
    progress.planned_count,
    progress.sampled_count
from progress
left join listed on progress.district_id = listed.district_id
where
    progress.district_id != 'city'
    and (
        coalesce(listed.replacement_count, 0) != coalesce(progress.replacement_count, 0)
        or coalesce(listed.not_sampled_count, 0) != coalesce(progress.not_sampled_count, 0)
        or coalesce(listed.not_delivered_count, 0) != coalesce(progress.not_delivered_count, 0)
        or progress.sampled_count - progress.not_delivered_count
        != progress.planned_count - progress.not_sampled_count
        or (progress.sampled_count is null) != (progress.replacement_count is null)
        or (progress.sampled_count is null and progress.weighted_pass_share is not null)
        -- a share of none that passed is zero, and stands within its interval
        or (progress.weighted_pass_share is null) != (progress.weighted_pass_share_low is null)
        or not coalesce(
            progress.weighted_pass_share between progress.weighted_pass_share_low
            and progress.weighted_pass_share_high,
            true
        )
    )
