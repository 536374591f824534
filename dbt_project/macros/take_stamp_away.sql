{#-
    Take away the stamp that says the run's month passed all its tests, before anything is built.

    A run has done so already; this is for a build by hand. The platform sets the stamp again
    after a whole run, and publishes no month without it. On Spark the note goes that says which
    months its catalog holds as the warehouse does: they are given to it again.
-#}
{% macro take_stamp_away() %}
    {%- if execute and flags.WHICH in ("build", "run", "seed") -%}
        {{ return(adapter.dispatch("take_stamp_away")()) }}
    {%- endif -%}
{% endmacro %}

{% macro duckdb__take_stamp_away() %}
    {%- if run_holds("stamp") -%}
        delete from run.stamp where month in (select month from run.month)
    {%- endif -%}
{% endmacro %}

{% macro spark__take_stamp_away() %}
    insert overwrite directory '{{ env_var("FANGAN_SPARK_HOME", "../var/dbt/spark") }}/months' using parquet
    select cast(null as date) as month, '' as stamp where false
{% endmacro %}
