{#-
    One bound of Wilson's score interval for a share of `successes` among `trials`; null for no
    trial. `side` is "low" or "high". The default z = 1.96 gives 95 %.

    Wilson's instead of the textbook's share ± z·s: the latter has no width at 0 % and 100 %, which a
    district with few inspections easily reaches.
-#}
{% macro wilson_bound(successes, trials, side, z=1.96) -%}
    {%- set n = "nullif(" ~ trials ~ ", 0)" -%}
    {%- set share = "(" ~ successes ~ ") / " ~ n -%}
    {#- greatest and least ignore nulls, so no null has to be handled here -#}
    case
        when {{ trials }} > 0 then cast(
            round(
                least(1, greatest(0, (
                    {{ share }} + {{ z }} * {{ z }} / (2 * {{ n }})
                    {{ "-" if side == "low" else "+" }} {{ z }} * sqrt(
                        {{ share }} * (1 - {{ share }}) / {{ n }}
                        + {{ z }} * {{ z }} / (4 * {{ n }} * {{ n }})
                    )
                ) / (1 + {{ z }} * {{ z }} / {{ n }}))),
                6
            ) as decimal(9, 6)
        )
    end
{%- endmacro %}
