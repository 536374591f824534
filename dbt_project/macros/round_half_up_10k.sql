{#-
    Exact square metres as decimal(14, 2) in 万㎡, rounded half-up: the one place that rounds.
    Rows and their sums keep six decimal places up to here.

    Multiplies, because DECIMAL divided by anything is DOUBLE in DuckDB, and 0.005 as a DOUBLE may
    lie below one half. round() on a DECIMAL goes away from zero at one half.
-#}
{% macro round_half_up_10k(square_metres) -%}
    cast(
        round(cast({{ square_metres }} as decimal(24, 6)) * cast(0.0001 as decimal(4, 4)), 2)
        as decimal(14, 2)
    )
{%- endmacro %}
