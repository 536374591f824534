{#- A share as decimal(9, 6); null where there is nothing to have a share of. -#}
{% macro share_of(numerator, denominator) -%}
    cast(round(({{ numerator }}) / nullif({{ denominator }}, 0), 6) as decimal(9, 6))
{%- endmacro %}
