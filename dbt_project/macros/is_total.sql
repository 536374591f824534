{#-
    Whether a row sums up other rows of its mart: the city of its districts, all grades of the single
    ones. Every mart with such rows carries it as `is_total`, so that a sum over the others counts
    once. The published file fills it for rows kept before it was there, by the same rule
    (orchestration/publication/database/totals.py).
-#}
{% macro is_total(district_id, grade_code=none) -%}
    {{ district_id }} = 'city'{% if grade_code %} or {{ grade_code }} = 'all'{% endif %}
{%- endmacro %}
