select
    district_id,
    district_code,
    district_name,
    sort_order,
    level,
    cast(first_month || '-01' as date) as first_month,
    cast(last_month || '-01' as date) as last_month
from {{ ref("districts") }}
order by sort_order, first_month
