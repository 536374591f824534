{#-
    One bound of Wilson's score interval for a share of `successes` among `trials`; null for no
    trial. `side` is "low" or "high". The default z = 1.96 gives 95 %.

    Wilson's instead of the textbook's share ± z·s: the latter has no width at 0 % and 100 %, which a
    district with few inspections easily reaches.
-#}
{% macro wilson_bound(successes, trials, side, z=1.96) -%}
    {%- set n = "nullif(" ~ trials ~ ", 0)" -%}
    {%- set share = "cast(" ~ successes ~ " as double) / " ~ n -%}
    {#- as DOUBLE: a quotient of decimals is a decimal of few places in Spark -#}
    {%- set square = (z * z) | round(10) ~ "e0" -%}
    {#- greatest and least ignore nulls, so no null has to be handled here -#}
    case
        when {{ trials }} > 0 then cast(
            round(
                least(1, greatest(0, (
                    {{ share }} + {{ square }} / (2 * {{ n }})
                    {{ "-" if side == "low" else "+" }} {{ z }}e0 * sqrt(
                        {{ share }} * (1 - {{ share }}) / {{ n }}
                        + {{ square }} / (4 * {{ n }} * {{ n }})
                    )
                ) / (1 + {{ square }} / {{ n }}))),
                6
            ) as decimal(9, 6)
        )
    end
{%- endmacro %}
