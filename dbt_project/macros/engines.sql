{#-
    What DuckDB and Spark spell differently: a model says what it means by these macros, and is
    otherwise written in what both read alike. Add here, and nowhere else, what an engine has alone;
    tests/engines holds that, and asks both engines for the same answers. Other differences (what a
    cast or a null does) are listed in docs/how-to/spark.md.
-#}

{#- Days from the first date to the second, as bigint; null if one of them is. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch("days_between")(earlier, later)) }}
{%- endmacro %}
{% macro duckdb__days_between(earlier, later) %}({{ later }} - {{ earlier }}){% endmacro %}
{% macro spark__days_between(earlier, later) -%}
    cast(date_diff({{ later }}, {{ earlier }}) as bigint)
{%- endmacro %}

{#- The date so many months later, or the last day of that month if it is shorter. -#}
{% macro months_after(day, count) -%}
    {{ return(adapter.dispatch("months_after")(day, count)) }}
{%- endmacro %}
{% macro duckdb__months_after(day, count) -%}
    cast({{ day }} + to_months({{ count }}) as date)
{%- endmacro %}
{% macro spark__months_after(day, count) %}add_months({{ day }}, {{ count }}){% endmacro %}

{#- A list of expressions of one type. -#}
{% macro list_of(items) %}{{ return(adapter.dispatch("list_of")(items)) }}{% endmacro %}
{% macro duckdb__list_of(items) %}[{{ items | join(", ") }}]{% endmacro %}
{% macro spark__list_of(items) %}array({{ items | join(", ") }}){% endmacro %}

{#- One row per item of a list, the other columns repeated. Once in a select: two are a product. -#}
{% macro rows_of(list) %}{{ return(adapter.dispatch("rows_of")(list)) }}{% endmacro %}
{% macro duckdb__rows_of(list) %}unnest({{ list }}){% endmacro %}
{% macro spark__rows_of(list) %}explode({{ list }}){% endmacro %}

{#- The items of a list that are not null, each once, in order. -#}
{% macro sorted_items(list) %}{{ return(adapter.dispatch("sorted_items")(list)) }}{% endmacro %}
{% macro duckdb__sorted_items(list) %}list_sort(list_distinct({{ list }})){% endmacro %}
{% macro spark__sorted_items(list) -%}
    array_sort(array_distinct(array_compact({{ list }})))
{%- endmacro %}

{#- The parts of a text between the marks, as a list; a mark is one character. -#}
{% macro parts_of(text, mark) %}{{ return(adapter.dispatch("parts_of")(text, mark)) }}{% endmacro %}
{% macro duckdb__parts_of(text, mark) %}string_split({{ text }}, '{{ mark }}'){% endmacro %}
{#- a pattern there -#}
{% macro spark__parts_of(text, mark) %}split({{ text }}, '[{{ mark }}]'){% endmacro %}

{#- Aggregate: the texts that are not null with the mark between them, in that order. -#}
{% macro joined(expression, mark, order_by, distinct=false) -%}
    {{ return(adapter.dispatch("joined")(expression, mark, order_by, distinct)) }}
{%- endmacro %}
{% macro duckdb__joined(expression, mark, order_by, distinct) -%}
    string_agg({{ "distinct " if distinct }}{{ expression }}, '{{ mark }}' order by {{ order_by }})
{%- endmacro %}
{% macro spark__joined(expression, mark, order_by, distinct) -%}
    listagg({{ "distinct " if distinct }}{{ expression }}, '{{ mark }}')
    within group (order by {{ order_by }})
{%- endmacro %}

{#- Aggregate: the share's quantile, between two values where it falls between them. -#}
{% macro quantile(expression, share) -%}
    {{ return(adapter.dispatch("quantile")(expression, share)) }}
{%- endmacro %}
{% macro duckdb__quantile(expression, share) %}quantile_cont({{ expression }}, {{ share }}){% endmacro %}
{% macro spark__quantile(expression, share) %}percentile({{ expression }}, {{ share }}){% endmacro %}

{#- All columns of a relation of the query, or of all of them, without those named. -#}
{% macro all_but(columns, relation=none) -%}
    {{ return(adapter.dispatch("all_but")(columns, relation)) }}
{%- endmacro %}
{% macro duckdb__all_but(columns, relation) -%}
    {{ relation ~ "." if relation }}* exclude ({{ columns | join(", ") }})
{%- endmacro %}
{% macro spark__all_but(columns, relation) -%}
    {{ relation ~ "." if relation }}* except ({{ columns | join(", ") }})
{%- endmacro %}

{#- End the query with a message, where a row comes here that must not. -#}
{% macro refuse(message) %}{{ return(adapter.dispatch("refuse")(message)) }}{% endmacro %}
{% macro duckdb__refuse(message) %}error({{ message }}){% endmacro %}
{% macro spark__refuse(message) %}raise_error({{ message }}){% endmacro %}

{#- Before a CTE that is read more than once: DuckDB is told to make it once, Spark decides itself. -#}
{% macro once() %}{{ return(adapter.dispatch("once")()) }}{% endmacro %}
{% macro duckdb__once() %}materialized {% endmacro %}
{% macro spark__once() %}{% endmacro %}

{#- A number that differs where any of the columns does. -#}
{% macro fingerprint_of(columns) %}{{ return(adapter.dispatch("fingerprint_of")(columns)) }}{% endmacro %}
{% macro duckdb__fingerprint_of(columns) %}hash({{ columns | join(", ") }}){% endmacro %}
{#- passes over nulls: without the mark, a value that moved into the next column would hash alike -#}
{% macro spark__fingerprint_of(columns) -%}
    xxhash64(
        {%- for column in columns %}coalesce({{ column }}, '∅'){{ ", " if not loop.last }}{% endfor -%}
    )
{%- endmacro %}

{#- The text without ASCII's white space. -#}
{% macro without_spaces(text) %}{{ return(adapter.dispatch("without_spaces")(text)) }}{% endmacro %}
{% macro duckdb__without_spaces(text) %}regexp_replace({{ text }}, '\s', '', 'g'){% endmacro %}
{#- a backslash is an escape there already: '\s' would be the letter s -#}
{% macro spark__without_spaces(text) %}regexp_replace({{ text }}, '[ \\t\\n\\f\\r]', ''){% endmacro %}

{#- The text as that type, in DuckDB's way: what is none ends the query. Spark's cast gives null. -#}
{% macro strictly(text, data_type) -%}
    {{ return(adapter.dispatch("strictly")(text, data_type)) }}
{%- endmacro %}
{% macro duckdb__strictly(text, data_type) %}cast({{ text }} as {{ data_type }}){% endmacro %}
{% macro spark__strictly(text, data_type) -%}
    if(
        {{ text }} is not null and try_cast({{ text }} as {{ data_type }}) is null,
        raise_error('{{ text }} is no {{ data_type }}'),
        try_cast({{ text }} as {{ data_type }})
    )
{%- endmacro %}
