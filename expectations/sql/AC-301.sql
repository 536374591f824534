-- Each case balances: open at start + verified + reopened - completed - withdrawn = open at end.
-- Only a verified case (属实) enters the backlog: one withdrawn or reopened before its verification
-- does not move it. Verified, ended, reopened and ended again in one month, a row keeps only the
-- last end: then the first one and the reopening cancel out.
with flows as (
    select
        cases.row_number,
        cases.case_id,
        in_backlog(cases, context.month)::integer as opening,
        in_backlog(cases, context.next_month)::integer as closing,
        coalesce(cases.verification_result = '属实', false) as is_confirmed,
        in_month(cases.verified_on, context.month) as is_verified,
        in_month(cases.reopened_on, context.month)
        and coalesce(cases.verified_on <= cases.reopened_on, false)
        and not (is_end_hidden(cases) and in_month(cases.verified_on, context.month))
            as is_reopened,
        in_month(cases.completed_on, context.month)::integer as completed,
        in_month(cases.withdrawn_on, context.month)
        and coalesce(cases.verified_on <= cases.withdrawn_on, false) as is_withdrawn
    from alteration_cases as cases
    cross join context
)

select
    row_number,
    'completed_on' as field,
    case_id as record_key,
    opening + (is_confirmed and is_verified)::integer + (is_confirmed and is_reopened)::integer
    - completed - (is_confirmed and is_withdrawn)::integer <> closing as is_failing
from flows
order by row_number
