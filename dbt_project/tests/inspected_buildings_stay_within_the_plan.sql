-- Who passed was inspected, who was inspected was planned, and nobody is rectified who need not be:
-- a share above one would be printed without anybody noticing. Districts and groups alike.
with

counted as (

    select
        district_id as part,
        planned_count,
        inspected_count,
        passed_count,
        rectification_required_count,
        rectification_done_count,
        rectification_overdue_count,
        reinspected_count,
        reinspected_passed_count,
        pass_share_low,
        pass_share,
        pass_share_high
    from {{ ref("rpt_inspection_progress") }}
    where {{ in_run_month() }}
    union all
    select
        inspection_group || contractor as part,
        planned_count,
        inspected_count,
        passed_count,
        rectification_required_count,
        rectification_done_count,
        rectification_overdue_count,
        reinspected_count,
        reinspected_passed_count,
        pass_share_low,
        pass_share,
        pass_share_high
    from {{ ref("rpt_inspection_contractor") }}
    where {{ in_run_month() }}

)

select *
from counted
where
    not (
        passed_count + rectification_required_count <= inspected_count
        and inspected_count <= planned_count
        and rectification_done_count + rectification_overdue_count <= rectification_required_count
        and reinspected_passed_count <= reinspected_count
        and reinspected_count <= rectification_required_count
    )
    or (inspected_count > 0) != (pass_share is not null)
    or (inspected_count > 0) != (pass_share_low is not null)
    or (inspected_count > 0) != (pass_share_high is not null)
    or not coalesce(pass_share between pass_share_low and pass_share_high, true)
