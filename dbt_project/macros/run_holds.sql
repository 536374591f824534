{#- Whether a run has left this table in the run schema. -#}
{% macro run_holds(table) %}{{ return(adapter.dispatch("run_holds")(table)) }}{% endmacro %}

{% macro duckdb__run_holds(table) %}
    {%- set found = run_query(
        "select count(*) from duckdb_tables() where schema_name = 'run' and table_name = '"
        ~ table ~ "'"
    ) -%}
    {{ return(found.rows[0][0] > 0) }}
{% endmacro %}

{% macro spark__run_holds(table) %}
    {%- if not run_query("show schemas like 'run'").rows -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(run_query("show tables in run like '" ~ table ~ "'").rows | length > 0) }}
{% endmacro %}
