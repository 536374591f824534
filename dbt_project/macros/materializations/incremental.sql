{#-
    dbt's `incremental` for the monthly marts: the run's month goes, then what the model returned
    comes. It takes the place of dbt-duckdb's, and has one strategy, `replace_month`.

    The month comes from run.month and not from the new rows, so a month that has become empty,
    or a district that has left it, leaves no stale row. Other months are neither read nor
    written. Table and insert follow the enforced contract, which the query is held against
    before anything is written. Hooks, grants, indexes, persist_docs, full_refresh and
    on_schema_change: fail do what they do in dbt; a setting that this one would leave out is
    refused by name. Spark's is in incremental_spark.sql.

    Gain: three statements a model where dbt-duckdb's takes a dozen, 2 CPU seconds a month.
    Test: tests/modelling/test_incremental.py. Remove it, and write the macro
    `get_incremental_replace_month_sql`, once dbt's own costs as little.
-#}
{% materialization incremental, adapter="duckdb", supported_languages=["sql"] %}
    {%- do refuse_unknown_settings() -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set is_replaced = existing is not none and (should_full_refresh() or not existing.is_table) -%}
    {%- set is_new = existing is none or is_replaced -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set columns = get_quoted_csv(model["columns"].values() | map(attribute="name")) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {%- if not is_new -%}
        {%- do require_contract_columns(existing) -%}
    {%- endif -%}

    {% call statement("main") %}
        {% if is_replaced -%}
            drop {{ existing.type }} {{ existing }};
        {%- endif %}
        {% if is_new -%}
            create table {{ target }}
            {{ get_table_columns_and_constraints() }};
        {%- else -%}
            delete from {{ target }}
            where {{ in_run_month() }};
        {%- endif %}

        insert into {{ target }} ({{ columns }})
        select {{ columns }}
        from ({{ compiled_code }}
        );
    {% endcall %}

    {%- do apply_grants(target, config.get("grants"), should_revoke=not is_new) -%}
    {%- if is_new -%}
        {%- do create_indexes(target) -%}
    {%- endif -%}
    {%- do persist_docs(target, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{#- Refuse the settings of dbt-duckdb's incremental models that this one does not have. -#}
{% macro refuse_unknown_settings() %}
    {%- set without = ["unique_key", "incremental_predicates", "predicates", "partitioned_by", "sorted_by"] -%}
    {%- set refused = [] -%}
    {%- for name in without if config.get(name) -%}
        {%- do refused.append(name) -%}
    {%- endfor -%}
    {%- if config.get("incremental_strategy") != "replace_month" -%}
        {%- do refused.append("incremental_strategy other than replace_month") -%}
    {%- endif -%}
    {%- if config.get("on_schema_change") != "fail" -%}
        {%- do refused.append("on_schema_change other than fail") -%}
    {%- endif -%}
    {%- if not config.get("contract").enforced -%}
        {%- do refused.append("a contract that is not enforced") -%}
    {%- endif -%}
    {%- if refused -%}
        {%- do exceptions.raise_compiler_error(
            "incremental models of this project do not have: " ~ refused | join(", ")
            ~ " (macros/materializations/incremental.sql)"
        ) -%}
    {%- endif -%}
{% endmacro %}


{#- Refuse to write into a table whose columns are no longer those of the contract. -#}
{% macro require_contract_columns(relation) %}
    {%- set found = [] -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do found.append(column.name ~ " " ~ column.dtype | lower) -%}
    {%- endfor -%}
    {%- set wanted = [] -%}
    {%- for column in model["columns"].values() -%}
        {%- set data_type = column["data_type"] | lower -%}
        {%- do wanted.append(
            column["name"] ~ " " ~ (spark_type(data_type) if target.type == "spark" else data_type)
        ) -%}
    {%- endfor -%}
    {%- if found | sort != wanted | sort -%}
        {%- do exceptions.raise_compiler_error(
            "the columns of " ~ relation.identifier ~ " are not those of its contract: the table has "
            ~ found | reject("in", wanted) | join(", ") ~ "; the contract "
            ~ wanted | reject("in", found) | join(", ")
            ~ ". `fangan rebuild` makes every month again"
        ) -%}
    {%- endif -%}
{% endmacro %}
