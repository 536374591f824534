{#- Fails for every row in which one of `columns` is null; one test a model costs one query. -#}
{% test never_null(model, columns) %}

select {{ columns | join(", ") }}
from {{ model }}
where
    {% for column in columns -%}
        {{ "or " if not loop.first }}{{ column }} is null
    {% endfor %}
{% endtest %}
