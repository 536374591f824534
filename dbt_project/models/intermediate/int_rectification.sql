with

returned_findings as (

    select
        'last_month' as returned_with,
        finding.district_id,
        finding.kind,
        finding.rule_id,
        finding.field,
        coalesce(finding.record_key, finding.message) as complaint
    from {{ ref("rpt_finding") }} as finding
    inner join {{ source("run", "month") }} as run_month
        on finding.month = run_month.month - interval 1 month
    union all
    select
        'version ' || finding.version as returned_with,
        finding.district_id,
        finding.kind,
        finding.rule_id,
        finding.field,
        coalesce(finding.record_key, finding.message) as complaint
    from {{ source("run", "former_finding") }} as finding

),

returned_each_time as (

    select
        *,
        count(*) as finding_count
    from returned_findings
    group by all

),

-- A finding returned twice needs to be corrected once.
returned as (

    select
        district_id,
        kind,
        rule_id,
        field,
        complaint,
        max(finding_count) as finding_count
    from returned_each_time
    group by all

),

standing as (

    select
        district_id,
        kind,
        rule_id,
        field,
        coalesce(record_key, message) as complaint,
        count(*) as finding_count
    from {{ source("run", "finding") }}
    group by all

),

compared as (

    select
        returned.district_id,
        verdict.rule_id is not null as is_judged_again,
        returned.finding_count,
        greatest(returned.finding_count - coalesce(standing.finding_count, 0), 0) as gone_count
    from returned
    left join {{ source("run", "verdict") }} as verdict
        on
            returned.district_id = verdict.district_id
            and returned.kind = verdict.kind
            and returned.rule_id = verdict.rule_id
            and verdict.outcome in ('pass', 'fail')
    left join standing
        on
            returned.district_id = standing.district_id
            and returned.kind = standing.kind
            and returned.rule_id = standing.rule_id
            and returned.field is not distinct from standing.field
            and returned.complaint is not distinct from standing.complaint

)

select
    district_id,
    cast(sum(finding_count) as bigint) as returned_count,
    cast(coalesce(sum(finding_count) filter (where is_judged_again), 0) as bigint)
        as judged_again_count,
    cast(coalesce(sum(gone_count) filter (where is_judged_again), 0) as bigint) as gone_count
from compared
group by district_id
