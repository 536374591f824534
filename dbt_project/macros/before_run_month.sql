{#- Condition: the row belongs to a month before the one that is being run. -#}
{% macro before_run_month() -%}
    month < (select run_month.month from {{ source("run", "month") }} as run_month)
{%- endmacro %}
