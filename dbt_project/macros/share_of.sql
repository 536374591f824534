{#-
    A share as decimal(9, 6); null where there is nothing to have a share of. Divides as DOUBLE, since
    a quotient of decimals is a decimal of few places in Spark.
-#}
{% macro share_of(numerator, denominator) -%}
    cast(round(cast({{ numerator }} as double) / nullif({{ denominator }}, 0), 6) as decimal(9, 6))
{%- endmacro %}
