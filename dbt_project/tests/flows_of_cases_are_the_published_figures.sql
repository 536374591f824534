-- One month cannot have two numbers: where the bulletin's case figures come from the ledgers, the
-- flow verifies, completes and receives the same; where they do not, there is no flow.
select published.district_id
from {{ ref("rpt_district_monthly") }} as published
inner join {{ ref("rpt_alteration_flow_monthly") }} as flows
    on published.month = flows.month and published.district_id = flows.district_id
where
    published.month in (select run_month.month from {{ source("run", "month") }} as run_month)
    and case
        when published.case_basis = 'ledger'
            then
                published.verified_count is distinct from flows.verified_count
                or published.completed_count is distinct from flows.completed_count
                or published.suspected_complaint_count + published.suspected_patrol_count
                is distinct from flows.received_count
        when published.case_basis in ('reported', 'missing')
            then least(flows.opening_count, flows.verified_count, flows.closing_count) is not null
        else false
    end
