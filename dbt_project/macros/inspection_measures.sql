{#-
    What is counted of inspected buildings, the same for districts, groups and the city: aggregate
    columns over int_inspection_building, in the order of the marts' contracts.
-#}
{% macro inspection_measures() -%}
    cast(count(*) as bigint) as planned_count,
    cast(count(*) filter (where is_inspected) as bigint) as inspected_count,
    cast(coalesce(sum(floor_area_m2) filter (where is_inspected), 0) as decimal(18, 2))
        as inspected_floor_area_m2,
    cast(count(*) filter (where is_passed) as bigint) as passed_count,
    cast(count(*) filter (where is_failed) as bigint) as rectification_required_count,
    cast(count(*) filter (where is_failed and is_rectified) as bigint) as rectification_done_count,
    cast(count(*) filter (where is_failed and is_overdue) as bigint) as rectification_overdue_count,
    cast(median(rectification_days) filter (where is_failed and is_rectified) as decimal(9, 1))
        as rectification_days_median,
    cast(count(*) filter (where is_failed and is_reinspected) as bigint) as reinspected_count,
    cast(count(*) filter (where is_failed and is_passed_again) as bigint)
        as reinspected_passed_count,
    cast(
        round(
            coalesce(sum(design_weight) filter (where is_passed), 0)
            / nullif(sum(design_weight) filter (where is_inspected), 0),
            6
        ) as decimal(9, 6)
    ) as weighted_pass_share
{%- endmacro %}
