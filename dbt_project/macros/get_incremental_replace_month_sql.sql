{#-
    Incremental strategy `replace_month`: the run's month goes, then what the model returned comes.

    The month is taken from run.month and not from the new rows, so that a month that has become
    empty, or a district that is gone from it, leaves no stale row. dbt runs both statements in one
    transaction.
-#}
{% macro get_incremental_replace_month_sql(arg_dict) %}
    {%- set target = arg_dict["target_relation"] -%}
    {%- set columns = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) -%}

    delete from {{ target }}
    where {{ in_run_month() }};

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict["temp_relation"] }};
{% endmacro %}
