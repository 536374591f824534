{#-
    A town's or community's name without the endings that districts add or omit: 平江街道办事处
    becomes 平江, 历史街区社区居委会 becomes 历史街区. Two communities of one town can share a stem, so
    compare it only where the stem is known to be unique.
-#}
{% macro place_stem(name) -%}
    regexp_extract(
        {{ name }},
        '^(.{2,}?)(社区|村|街道|镇)?((村民|居民|村|居)?委员?会|办事处|人民政府)?$',
        1
    )
{%- endmacro %}
