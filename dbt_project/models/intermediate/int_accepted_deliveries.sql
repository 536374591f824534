select
    month,
    district_id,
    kind
from {{ source("run", "delivery") }}
where state in ('accepted', 'accepted_with_quarantine')
