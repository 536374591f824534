-- No row without an accepted inspection: then nothing can be counted, not even zero.
select
    month,
    coalesce(as_at, last_day(month)) as as_at
from {{ source("run", "delivery") }}
where kind = 'quality_inspection' and state in ('accepted', 'accepted_with_quarantine')
