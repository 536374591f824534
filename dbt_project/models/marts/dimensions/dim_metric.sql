select
    metrics.metric_id,
    metrics.chinese_name,
    metrics.definition,
    metrics.formula,
    metrics.unit,
    metrics.kind,
    metrics.numerator,
    metrics.denominator,
    cast(metrics.since || '-01' as date) as since,
    metrics.population,
    populations.chinese_name as population_name
from {{ ref("metrics") }} as metrics
left join {{ ref("populations") }} as populations
    on metrics.population = populations.population_id
order by metrics.metric_id
