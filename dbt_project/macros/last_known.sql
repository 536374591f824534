{#-
    Aggregate: the field in the last row, by `position`, that has it and meets the condition. Says so,
    as Spark's max_by would take a null for a value.
-#}
{% macro last_known(field, position, condition=none) -%}
    max_by({{ field }}, {{ position }}) filter (
        where {{ condition ~ " and " if condition }}{{ field }} is not null
    )
{%- endmacro %}
