{#-
    Condition: the staged row of an accepted ledger counts for the measure.

    The models of the ledgers count by it, and `fangan explain` lists the counted rows by it. The
    latter renders this file alone, so it must not call another macro.
-#}
{% macro counted_rows(measure) -%}
    {%- set conditions = {
        "surveyed_building_count": "survey_status = '已排查'",
        "suspected_complaint_count":
            "date_trunc('month', received_on) = month and source_channel = '投诉举报'",
        "suspected_patrol_count":
            "date_trunc('month', received_on) = month and source_channel = '巡查发现'",
        "verified_count":
            "date_trunc('month', verified_on) = month and verification_result = '属实'",
        "completed_count": "date_trunc('month', completed_on) = month",
    } -%}
    {{ conditions[measure] }}
{%- endmacro %}
