-- No row where no inspection is accepted: then there is nothing to count, not even zero.
select
    month,
    coalesce(as_at, last_day(month)) as as_at
from {{ source("run", "delivery") }}
where kind = 'quality_inspection' and state in ('accepted', 'accepted_with_quarantine')
