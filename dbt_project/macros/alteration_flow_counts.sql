{#- Aggregates over rows of fct_alteration_case_monthly: what the flow of cases counts. -#}
{% macro alteration_flow_counts() -%}
    count(*) filter (where is_opening) as opening_count,
    count(*) filter (where is_received) as received_count,
    count(*) filter (where is_verified) as verified_count,
    cast(sum(reopened_count) as bigint) as reopened_count,
    count(*) filter (where is_completed) as completed_count,
    count(*) filter (where is_withdrawn) as withdrawn_count,
    cast(sum(adjustment_count) as bigint) as adjustment_count,
    count(*) filter (where is_closing) as closing_count,
    count(*) filter (where is_completed and not is_verified) as earlier_completed_count
{%- endmacro %}
