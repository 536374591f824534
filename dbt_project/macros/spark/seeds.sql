{#-
    Seeds on Spark. dbt-spark's session writes a missing value as the text 'None' and a quote as it
    is, so the rows are written out here.
-#}
{% macro spark__create_csv_table(model, agate_table) %}
    {%- set types = seed_types(model, agate_table) -%}
    {% call statement("_") %}
        create table {{ this.render() }} (
            {%- for name in agate_table.column_names -%}
                {{ adapter.quote(name) }} {{ types[name] }}{{ ", " if not loop.last }}
            {%- endfor -%}
        ) using parquet
    {% endcall %}
{% endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = seed_types(model, agate_table) -%}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set values = [] -%}
        {%- for name in agate_table.column_names -%}
            {%- do values.append(
                "null" if row[name] is none
                else "'" ~ (row[name] | string | replace("\\", "\\\\") | replace("'", "\\'")) ~ "'"
            ) -%}
        {%- endfor -%}
        {%- do rows.append("(" ~ values | join(", ") ~ ")") -%}
    {%- endfor -%}
    {%- if rows -%}
        {% call statement("rows") %}
            insert into {{ this.render() }}
            select
                {%- for name in agate_table.column_names %}
                cast({{ adapter.quote(name) }} as {{ types[name] }})
                {{- "," if not loop.last }}
                {%- endfor %}
            from (values {{ rows | join(", ") }}) as read ({{ get_quoted_csv(agate_table.column_names) }})
        {% endcall %}
    {%- endif -%}
    {{ return("-- " ~ rows | length ~ " rows") }}
{% endmacro %}

{#- Spark's type of each column: as the seed's yml says, else as dbt-spark infers it. -#}
{% macro seed_types(model, agate_table) %}
    {%- set types = {} -%}
    {%- for name in agate_table.column_names -%}
        {%- set inferred = adapter.convert_type(agate_table, loop.index0) -%}
        {%- do types.update({
            name: spark_type(model["config"].get("column_types", {}).get(name, inferred))
        }) -%}
    {%- endfor -%}
    {{ return(types) }}
{% endmacro %}
