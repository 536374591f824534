{#- What follows from the counts of inspection_measures, in the order of the marts' contracts. -#}
{% macro inspection_shares(counted) -%}
    {{ share_of(counted ~ ".inspected_count", counted ~ ".planned_count") }} as progress_share,
    {{ share_of(counted ~ ".passed_count", counted ~ ".inspected_count") }} as pass_share,
    {{ wilson_bound(counted ~ ".passed_count", counted ~ ".inspected_count", "low") }}
        as pass_share_low,
    {{ wilson_bound(counted ~ ".passed_count", counted ~ ".inspected_count", "high") }}
        as pass_share_high,
    {{ counted }}.weighted_pass_share,
    {{ counted }}.inspected_count < {{ counted }}.planned_count
    or {{ counted }}.rectification_done_count < {{ counted }}.rectification_required_count
        as is_preliminary
{%- endmacro %}
