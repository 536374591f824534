with

cases as (

    select
        *,
        case
            when adjustment_count != 0 then adjustment_reason
            when is_completed and not is_verified then 'completed_earlier_case'
        end as explanation
    from {{ ref("fct_alteration_case_monthly") }}
    where {{ in_run_month() }}

)

select
    cases.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    cases.case_id,
    cases.explanation,
    flows.completed_count > flows.verified_count as is_completed_above_verified,
    cases.adjustment_count,
    cases.town_name,
    cases.received_on,
    cases.verified_on,
    cases.reopened_on,
    cases.completed_on,
    cases.withdrawn_on,
    cases.is_opening,
    cases.reopened_count
from cases
inner join {{ ref("rpt_alteration_flow_monthly") }} as flows
    on cases.month = flows.month and cases.district_id = flows.district_id
inner join {{ ref("int_district_month") }} as districts
    on cases.district_id = districts.district_id
where cases.explanation is not null
order by districts.sort_order, cases.case_id
