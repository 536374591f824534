{#-
    The figures of `table` (rows of rpt_district_monthly) that are compared over time, a row per
    measure, each with its basis (ledger or report). Add a measure here; the comparisons follow.
-#}
{% macro figures_by_measure(table) -%}
    {%- set bases = {
        "surveyed_building_count": "survey_basis",
        "surveyed_floor_area_m2": "survey_basis",
        "suspected_complaint_count": "case_basis",
        "suspected_patrol_count": "case_basis",
        "suspected_count": "case_basis",
        "verified_count": "case_basis",
        "completed_count": "case_basis",
    } -%}
    {% for measure, basis in bases.items() %}
    select
        month,
        district_id,
        district_code,
        district_name,
        sort_order,
        '{{ measure }}' as metric_id,
        {{ loop.index }} as measure_order,
        cast({{ measure }} as decimal(18, 2)) as measure_value,
        {{ basis }} as basis
    from (
        select
            *,
            suspected_complaint_count + suspected_patrol_count as suspected_count
        from {{ table }}
    ) as figures
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{%- endmacro %}
