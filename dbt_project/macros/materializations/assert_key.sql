{#-
    Refuse a table in which the key that its yml names (`config.meta.key`) stands more than once.

    Asked by the materializations before they commit, so that a table is never left with rows that
    count twice. Nulls count as equal. Only what `condition` takes is looked at: the months before
    were looked at when they were written. No primary key, whose index would grow with history, and
    no test, which costs a node of its own in every run.
-#}
{% macro assert_key(relation, condition="true") %}
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
                "the key of " ~ relation.identifier ~ " (" ~ key | join(", ")
                ~ ", number of rows) stands more than once, the first: "
                ~ repeated | map("join", ", ") | join("; ")
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
