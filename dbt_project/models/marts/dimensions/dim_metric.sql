select
    metric_id,
    chinese_name,
    definition,
    formula,
    unit,
    kind,
    numerator,
    denominator,
    cast(since || '-01' as date) as since
from {{ ref("metrics") }}
order by metric_id
