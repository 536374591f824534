{#-
    Take away the stamp that says the run's month passed all its tests, before anything is built.

    A run has done so already; this is for a build by hand. The platform sets the stamp again
    after a whole run, and publishes no month without it.
-#}
{% macro take_stamp_away() %}
    {%- if execute and flags.WHICH in ("build", "run", "seed") -%}
        {%- set found = run_query(
            "select count(*) from duckdb_tables() where schema_name = 'run' and table_name = 'stamp'"
        ) -%}
        {%- if found.rows[0][0] > 0 -%}
            delete from run.stamp where month in (select month from run.month)
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
