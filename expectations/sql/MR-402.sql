-- The case measures of the report equal those of the district's own case ledger.
with report as (
    select
        max(row_number) as row_number,
        sum(suspected_complaint_count::bigint) as suspected_complaint_count,
        sum(suspected_patrol_count::bigint) as suspected_patrol_count,
        sum(verified_count::bigint) as verified_count,
        sum(completed_count::bigint) as completed_count
    from monthly_report
    having count(*) > 0
),

cases as (
    select
        alteration_cases.source_channel,
        alteration_cases.verification_result,
        in_month(alteration_cases.received_on, context.month) as is_received,
        in_month(alteration_cases.verified_on, context.month) as is_verified,
        in_month(alteration_cases.completed_on, context.month) as is_completed
    from alteration_cases
    cross join context
),

ledger as (
    select
        count(*) filter (is_received and source_channel = '投诉举报') as suspected_complaint_count,
        count(*) filter (is_received and source_channel = '巡查发现') as suspected_patrol_count,
        count(*) filter (is_verified and verification_result = '属实') as verified_count,
        count(*) filter (is_completed) as completed_count
    from cases
),

reported as (unpivot report on columns(* exclude (row_number)) into name field value reported),

recorded as (unpivot ledger on columns(*) into name field value recorded)

select
    reported.row_number,
    reported.field,
    '本地区' as record_key,
    reported.reported <> recorded.recorded as is_failing
from reported inner join recorded on reported.field = recorded.field
order by reported.field
