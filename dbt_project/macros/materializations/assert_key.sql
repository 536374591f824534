{#-
    Refuse a table in which a key that its yml names (`config.meta.key`) occurs more than once.

    A post-hook of every table: in DuckDB it runs before the model commits, so that no table is ever
    left with rows that count twice. Nulls count as equal. Of an incremental model only the run's
    month is checked: earlier months were checked when they were written; on Spark it was checked
    before it was replaced. This is no primary key, whose index would grow with history, and no data
    test, which costs a node of its own in every run.
-#}
{% macro assert_key(relation) %}
    {%- set is_monthly = config.get("materialized") == "incremental" -%}
    {%- if execute and not (is_monthly and target.type == "spark") -%}
        {%- do require_key(
            relation, relation.identifier, in_run_month() if is_monthly else "true"
        ) -%}
    {%- endif -%}
{% endmacro %}

{#- Raise if among the rows of a relation the model's key stands more than once. -#}
{% macro require_key(relation, name, condition) %}
    {%- set key = config.get("meta", {}).get("key", []) -%}
    {%- if key -%}
        {%- set columns = get_quoted_csv(key) -%}
        {% call statement("key", fetch_result=True) %}
            select {{ columns }}, count(*) as row_count
            from {{ relation }}
            where {{ condition }}
            group by {{ columns }}
            having count(*) > 1
            order by {{ columns }}
            limit 3
        {% endcall %}
        {%- set repeated = load_result("key")["data"] -%}
        {%- if repeated -%}
            {%- do exceptions.raise_compiler_error(
                "the key of " ~ name ~ " (" ~ key | join(", ")
                ~ ", number of rows) stands more than once, the first: "
                ~ repeated | map("join", ", ") | join("; ")
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
