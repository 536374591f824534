{#-
    Materialization `replace_all`: a table made anew from what the model returned.

    For what holds the run's month only, and for marts that are computed over all months. An
    enforced contract and a key are kept as in `replace_month`.
-#}
{% materialization replace_all, adapter="duckdb" %}
    {%- set target = this.incorporate(type="table") -%}

    {% if config.get("contract").enforced %}
        {%- set columns = get_quoted_csv(model["columns"].values() | map(attribute="name")) -%}
        {%- set checked = get_assert_columns_equivalent(compiled_code) -%}
        {% call statement("main") %}
            create or replace table {{ target }}
            {{ get_table_columns_and_constraints() }};

            insert into {{ target }} ({{ columns }})
            select {{ columns }}
            from ({{ compiled_code }}
            );
        {% endcall %}
    {% else %}
        {% call statement("main") %}
            create or replace table {{ target }} as
            {{ compiled_code }}
        {% endcall %}
    {% endif %}

    {% do assert_key(target) %}

    {% do adapter.commit() %}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}
