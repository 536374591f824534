select
    delivery.month,
    delivery.district_id,
    districts.district_code,
    districts.district_name,
    delivery.kind,
    delivery.state,
    delivery.due_at,
    delivery.version,
    delivery.sha256,
    delivery.file_name,
    delivery.as_at,
    delivery.arrived_at,
    delivery.first_arrived_at,
    delivery.days_late,
    delivery.is_late,
    delivery.row_count,
    delivery.accepted_count,
    delivery.quarantined_count,
    delivery.itemised_count
from {{ source("run", "delivery") }} as delivery
left join {{ ref("int_district_month") }} as districts
    on delivery.month = districts.month and delivery.district_id = districts.district_id
order by districts.sort_order, delivery.kind
