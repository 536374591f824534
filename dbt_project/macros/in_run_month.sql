{#- Condition: the row belongs to the month that is being run. -#}
{% macro in_run_month() -%}
    month in (select run_month.month from {{ source("run", "month") }} as run_month)
{%- endmacro %}
