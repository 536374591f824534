{#-
    `replace_month` on Spark: the run's month takes the place of the month that stands there.

    Spark has no transaction, so what is wrong is found before anything is replaced: the query is
    written to a table of its own, its columns are held against the contract, its key and its
    months looked at, and only then the partition is overwritten. A static partition, because
    dbt-spark's `insert_overwrite` keeps the old month if the query has no rows. What a column
    cannot hold is refused by Spark's own store assignment (ANSI), and never cast.
-#}
{% materialization incremental, adapter="spark", supported_languages=["sql"] %}
    {%- do refuse_unknown_settings() -%}
    {%- set target = this.incorporate(type="table") -%}
    {%- set fresh = target.incorporate(path={"identifier": this.identifier ~ "__new"}) -%}
    {%- set names = model["columns"].values() | map(attribute="name") | list -%}
    {%- set month = run_query("select cast(max(month) as string) from " ~ source("run", "month"))
        .columns[0].values()[0] -%}

    {{ run_hooks(pre_hooks) }}

    {%- do get_assert_columns_equivalent(compiled_code) -%}
    {% call statement("fresh") %}drop table if exists {{ fresh }}{% endcall %}
    {% call statement("fresh") %}
        create table {{ fresh }} ({{ spark_columns(model["columns"]) }}) using parquet
    {% endcall %}
    {% call statement("main") %}
        insert into {{ fresh }} select {{ get_quoted_csv(names) }} from ({{ compiled_code }})
    {% endcall %}
    {%- do require_key(fresh, target.identifier, "true") -%}
    {%- do require_run_month(fresh, month) -%}

    {% call statement("table") %}{{ spark_month_table(target, model["columns"]) }}{% endcall %}
    {%- do require_contract_columns(target) -%}
    {% call statement("month") %}
        insert overwrite table {{ target }} partition (month = date '{{ month }}')
        select {{ get_quoted_csv(names | reject("eq", "month")) }} from {{ fresh }}
    {% endcall %}
    {% call statement("fresh") %}drop table {{ fresh }}{% endcall %}

    {{ run_hooks(post_hooks) }}

    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{#- A monthly mart as it lies in the catalog, made where it is missing. -#}
{% macro spark_month_table(relation, columns) -%}
    create table if not exists {{ relation }} ({{ spark_columns(columns) }})
    using parquet partitioned by (month)
{%- endmacro %}


{#- Refuse rows of another month: the partition would give them the run's. -#}
{% macro require_run_month(relation, month) %}
    {% call statement("strays", fetch_result=True) %}
        select cast(month as string), count(*) from {{ relation }}
        where month is distinct from date '{{ month }}'
        group by month order by month limit 3
    {% endcall %}
    {%- set strays = load_result("strays")["data"] -%}
    {%- if strays -%}
        {%- do exceptions.raise_compiler_error(
            "rows of other months than " ~ month ~ " (month, number of rows), the first: "
            ~ strays | map("join", ", ") | join("; ")
        ) -%}
    {%- endif -%}
{% endmacro %}
