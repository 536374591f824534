{#-
    Materialization `replace_month`: the run's month goes, then what the model returned comes.

    The month is taken from run.month and not from the new rows, so that a month that has become
    empty, or a district that is gone from it, leaves no stale row. The table's columns are those
    of the enforced contract, which the query is held against before anything is written, and the
    key that the yml names is looked at before anything is kept. It takes four statements in one
    transaction where an incremental model takes a dozen, and a month has some forty of them.
-#}
{% materialization replace_month, adapter="duckdb" %}
    {%- set target = this.incorporate(type="table") -%}
    {%- set columns = get_quoted_csv(model["columns"].values() | map(attribute="name")) -%}

    {#- the contract: raises with the columns that differ in name or type -#}
    {%- set checked = get_assert_columns_equivalent(compiled_code) -%}

    {% call statement("main") %}
        create table if not exists {{ target }}
        {{ get_table_columns_and_constraints() }};

        delete from {{ target }}
        where {{ in_run_month() }};

        insert into {{ target }} ({{ columns }})
        select {{ columns }}
        from ({{ compiled_code }}
        );
    {% endcall %}

    {% do assert_key(target, in_run_month()) %}

    {% do adapter.commit() %}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}
