-- The case measures of the report equal those of the district's own case ledger.
with cases as (
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

recorded as (unpivot ledger on columns(*) into name field value recorded)

select
    flows.row_number,
    flows.field,
    '本地区' as record_key,
    flows.reported <> recorded.recorded as is_failing
from reported_flows('monthly_report') as flows
inner join recorded on flows.field = recorded.field
order by flows.field
