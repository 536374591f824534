-- The backlog is believed only if its moves explain it: opening + verified + reopened - completed
-- - withdrawn + adjustment = closing for each district and the city, none is below zero, and the
-- adjustment is of named cases only.
with

flows as (

    select * from {{ ref("rpt_alteration_flow_monthly") }}
    where {{ in_run_month() }}

),

named as (

    select
        district_id,
        sum(adjustment_count) as adjustment_count
    from {{ ref("rpt_alteration_explanation_monthly") }}
    where {{ in_run_month() }}
    group by district_id

)

select flows.district_id
from flows
left join named on flows.district_id = named.district_id
where
    flows.opening_count + flows.verified_count + flows.reopened_count - flows.completed_count
    - flows.withdrawn_count + flows.adjustment_count != flows.closing_count
    or least(flows.opening_count, flows.closing_count) < 0
    or (
        flows.district_id != 'city'
        and coalesce(named.adjustment_count, 0) != coalesce(flows.adjustment_count, 0)
    )
