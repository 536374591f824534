{#-
    What a run gives Spark before the first node: views over the accepted Parquet, and the earlier
    months that its catalog lacks. Python writes the statements (orchestration/modelling/spark), as
    one Parquet file that FANGAN_SPARK_STATEMENTS names; a build by hand has none and reads what the
    last run left. The monthly marts are there before, as the statements fill them.
-#}
{% macro take_run_inputs() %}
    {%- if execute and target.type == "spark" and env_var("FANGAN_SPARK_STATEMENTS", "") -%}
        {%- set read = run_query(
            "select statement from parquet.`" ~ env_var("FANGAN_SPARK_STATEMENTS")
            ~ "` order by position"
        ) -%}
        {%- for row in read.rows -%}
            {%- if row[0] == "monthly marts" -%}
                {%- for node in graph["nodes"].values()
                    if node["config"]["materialized"] == "incremental" -%}
                    {%- set mart = api.Relation.create(schema=node["schema"], identifier=node["alias"]) -%}
                    {%- do run_query(spark_month_table(mart, node["columns"])) -%}
                {%- endfor -%}
            {%- else -%}
                {%- do run_query(row[0]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
