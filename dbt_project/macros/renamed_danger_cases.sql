{#-
    Select the register of dangerous buildings, typed and renamed, from the model's CTE source: this
    month's and last month's rows are read the same way. Personal columns end here.
-#}
{% macro renamed_danger_cases() -%}
    select
        month,
        district_id,
        delivery_id,
        file_name,
        sheet,
        row_number,
        danger_case_id,
        {{ strictly("appraisal_no", "bigint") }} as appraisal_no,
        building_id,
        town as town_name,
        community as community_name,
        address,
        {{ strictly("found_on", "date") }} as found_on,
        found_by,
        try_cast(appraised_on as date) as appraised_on,
        appraiser,
        appraisal_grade,
        treatment,
        measures,
        progress,
        interim_control,
        try_cast(treatment_started_on as date) as treatment_started_on,
        try_cast(due_on as date) as due_on,
        try_cast(accepted_on as date) as accepted_on,
        closed_reason,
        try_cast(closed_on as date) as closed_on,
        lead_unit,
        next_step,
        try_cast(next_step_on as date) as next_step_on,
        case is_monitored when '是' then true when '否' then false end as is_monitored,
        monitor_unit,
        try_cast(last_patrol_on as date) as last_patrol_on,
        remark,
        try_cast(as_at as date) as as_at
    from source
{%- endmacro %}
