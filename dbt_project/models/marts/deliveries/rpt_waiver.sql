select
    waiver.month,
    waiver.district_id,
    districts.district_code,
    districts.district_name,
    waiver.kind,
    waiver.rule_id,
    waiver.record_key,
    waiver.reason,
    waiver.waived_by,
    waiver.waived_on,
    waiver.valid_from,
    waiver.valid_until,
    waiver.status,
    waiver.row_count
from {{ source("run", "waiver") }} as waiver
left join {{ ref("int_district_month") }} as districts
    on waiver.month = districts.month and waiver.district_id = districts.district_id
order by districts.sort_order, waiver.kind, waiver.rule_id, waiver.record_key
