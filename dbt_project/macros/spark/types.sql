{#-
    The types of contracts and seeds, which are written as DuckDB's, on Spark. A type that is missing
    here is the same on both.
-#}
{% macro spark_type(data_type) -%}
    {%- set wanted = data_type | lower | trim -%}
    {{ return({
        "varchar": "string",
        "varchar[]": "array<string>",
        "integer": "int",
        "timestamp": "timestamp_ntz",
    }.get(wanted, wanted)) }}
{%- endmacro %}

{#- The columns of the model's contract with Spark's types, as `create table` takes them. -#}
{% macro spark_columns(columns) -%}
    {%- for column in columns.values() -%}
        {{ adapter.quote(column["name"]) }} {{ spark_type(column["data_type"]) }}
        {{- ", " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- dbt's own, with Spark's types: what a query returns is held against this. -#}
{% macro spark__get_empty_schema_sql(columns) -%}
    {%- set typed = {} -%}
    {%- for name, column in columns.items() -%}
        {%- do typed.update({name: dict(column, data_type=spark_type(column["data_type"]))}) -%}
    {%- endfor -%}
    {{ return(dbt.default__get_empty_schema_sql(typed)) }}
{%- endmacro %}
