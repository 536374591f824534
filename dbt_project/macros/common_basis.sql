{#-
    Aggregate: the one basis that all districts with figures share, else 'mixed'; 'missing' only
    when no district has figures.
-#}
{% macro common_basis(basis) -%}
    case count(distinct nullif({{ basis }}, 'missing'))
        when 0 then 'missing'
        when 1 then max(nullif({{ basis }}, 'missing'))
        else 'mixed'
    end
{%- endmacro %}
