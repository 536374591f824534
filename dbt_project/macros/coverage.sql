{#-
    What a comparison may count. A place is compared with an earlier month if both months list it, have
    its figure, and took it from the same basis (ledger or report). Both sides of the city's
    comparison are sums over such places. A comparison that is not made is null and says why. Used by
    int_coverage and rpt_data_quality_monthly; add a reason in both macros.
-#}

{#-
    Code of why a place's figure cannot be compared with an earlier month's; null where it can.
    `present` and `base` are relations with month, measure_value and basis, left joined for the place
    (no row: not listed); `has_base` says whether the earlier month holds anything at all.
-#}
{% macro coverage_reason_code(present, base, has_base) -%}
    case
        when {{ present }}.month is null then 'not_listed'
        when {{ present }}.measure_value is null then 'no_value'
        when not {{ has_base }} then 'no_base_value'
        when {{ base }}.month is null then 'base_not_listed'
        when {{ base }}.measure_value is null then 'no_base_value'
        when {{ present }}.basis != {{ base }}.basis then 'basis_changed'
    end
{%- endmacro %}

{#-
    Code of why the change from a comparable `base` to `value` is not given as a share; null where it
    is. A share has three digits before its point.
-#}
{% macro base_reason_code(base, value) -%}
    case
        when {{ base }} = 0 then 'base_zero'
        when {{ base }} < 0 then 'base_negative'
        when abs({{ value }} - {{ base }}) > 999 * {{ base }} then 'change_too_large'
    end
{%- endmacro %}

{#- What the codes say to a reader; `base` is SQL for what was compared with, as 上月. -#}
{% macro coverage_words(code, base) -%}
    case {{ code }}
        when 'not_listed' then '本月不在地区名录'
        when 'no_value' then '本月没有数据'
        when 'base_not_listed' then {{ base }} || '不在地区名录'
        when 'no_base_value' then {{ base }} || '没有数据'
        when 'basis_changed' then '与' || {{ base }} || '依据不同'
        when 'nothing_shared' then '没有与' || {{ base }} || '可比的地区'
        when 'base_zero' then {{ base }} || '为零'
        when 'base_negative' then {{ base }} || '为负数'
        when 'change_too_large' then '比' || {{ base }} || '变化超过999倍'
    end
{%- endmacro %}
