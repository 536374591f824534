select
    correction.month,
    correction.district_id,
    districts.district_code,
    districts.district_name,
    correction.kind,
    correction.record_key,
    correction.field,
    correction.old_value,
    correction.new_value,
    correction.reason,
    correction.corrected_by,
    correction.corrected_on,
    correction.status,
    correction.detail,
    correction.file_name,
    correction.sheet,
    correction.row_number,
    correction.cell
from {{ source("run", "correction") }} as correction
left join {{ ref("int_district_month") }} as districts
    on correction.month = districts.month and correction.district_id = districts.district_id
order by districts.sort_order, correction.kind, correction.record_key, correction.field
