select
    finding.month,
    finding.district_id,
    districts.district_code,
    districts.district_name,
    finding.kind,
    finding.rule_id,
    finding.severity,
    finding.dimension,
    finding.file_name,
    finding.sheet,
    finding.row_number,
    finding.cell,
    finding.field,
    finding.record_key,
    finding.message,
    finding.remedy
from {{ source("run", "finding") }} as finding
left join {{ ref("int_district_month") }} as districts
    on finding.month = districts.month and finding.district_id = districts.district_id
order by
    districts.sort_order,
    finding.kind,
    finding.rule_id,
    finding.file_name,
    finding.sheet,
    finding.row_number,
    finding.cell,
    finding.field,
    finding.record_key,
    finding.message
