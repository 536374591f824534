{#-
    Stop before the first node if the warehouse holds no run and something selected reads run.month.

    A run (`fangan month`) writes the sources first. Without them dbt would say of every model that
    a table does not exist, and not why. In a run itself dbt has no graph here, so nothing is asked.
-#}
{% macro require_month() %}
    {%- if execute -%}
        {%- set reading = [] -%}
        {%- for id in selected_resources -%}
            {%- set parents = graph.get("nodes", {}).get(id, {}).get("depends_on", {}).get("nodes", []) -%}
            {%- if "source.fangan.run.month" in parents -%}
                {%- do reading.append(id) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if reading -%}
            {%- if not run_holds("month") -%}
                {%- do exceptions.raise_compiler_error(
                    "the warehouse " ~ (target.path or target.name) ~ " was prepared by no run, so " ~ reading[0]
                    ~ " has no month to read: run `fangan month 2022-10` first, or let FANGAN_HOME"
                    ~ " name a home in which a month was run (or FANGAN_WAREHOUSE a copy of its"
                    ~ " warehouse.duckdb)"
                ) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
