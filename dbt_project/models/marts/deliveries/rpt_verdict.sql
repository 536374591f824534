select
    verdict.month,
    verdict.district_id,
    districts.district_code,
    districts.district_name,
    verdict.kind,
    verdict.rule_id,
    verdict.dimension,
    verdict.severity,
    verdict.outcome,
    verdict.failing_count,
    verdict.checked_count,
    verdict.reason
from {{ source("run", "verdict") }} as verdict
left join {{ ref("int_district_month") }} as districts
    on verdict.month = districts.month and verdict.district_id = districts.district_id
order by districts.sort_order, verdict.kind, verdict.rule_id
