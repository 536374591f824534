-- A rate of linked buildings to codes, or of surveyed buildings to codes, looks like progress and
-- is none: they are three populations. Every ratio names what it divides by what, and divides
-- within one population or a part by the whole that the populations' seed declares.
with

metrics as (

    select * from {{ ref("metrics") }}

),

populations as (

    select
        population_id,
        array_append({{ parts_of("coalesce(subset_of, '')", "|") }}, population_id) as contained_in
    from {{ ref("populations") }}

)

select
    metrics.metric_id,
    above_line.population as numerator_population,
    below_line.population as denominator_population
from metrics
left join metrics as above_line on metrics.numerator = above_line.metric_id
left join metrics as below_line on metrics.denominator = below_line.metric_id
left join populations as part on above_line.population = part.population_id
where
    (
        (metrics.unit = '比率' or contains(metrics.unit, '/'))
        and (above_line.metric_id is null or below_line.metric_id is null)
    )
    or (metrics.numerator is null) != (metrics.denominator is null)
    or (
        metrics.denominator is not null
        and (
            metrics.population is distinct from below_line.population
            or not coalesce(array_contains(part.contained_in, below_line.population), false)
        )
    )
