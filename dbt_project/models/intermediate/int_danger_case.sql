{%- set latest_fields = [
    "building_id", "town_name", "community_name", "found_by", "interim_control", "lead_unit",
    "is_monitored", "monitor_unit",
] -%}
{%- set latest_fields_of_round = [
    "treatment", "measures", "progress", "due_on", "next_step", "next_step_on", "last_patrol_on",
] -%}

with

run_month as (

    select * from {{ source("run", "month") }}

),

registers as (

    select * from {{ ref("stg_danger_cases") }}

),

present as (

    select * from registers
    where {{ in_run_month() }}

),

openings as (

    select register.*
    from registers as register
    semi join {{ ref("int_danger_opening_basis") }} as basis
        on register.district_id = basis.district_id
    where register.{{ before_run_month() }}
    union all
    select register.*
    from present as register
    semi join {{ ref("int_danger_opening_basis") }} as basis
        on
            register.district_id = basis.district_id
            and basis.opening_basis = 'derived'

),

former as (

    select {{ all_but(["month"]) }} from openings

),

balances as (

    select
        'closing' as balance,
        last_day(run_month.month) as balance_on,
        run_month.month,
        {{ all_but(["month"], "register") }}
    from present as register
    cross join run_month
    union all
    select
        'opening' as balance,
        cast(run_month.month - interval 1 day as date) as balance_on,
        run_month.month,
        former.*
    from former
    cross join run_month

),

-- Anything dated after the balance has not happened yet.
dated as (

    select
        {{ all_but(["appraised_on", "appraisal_grade", "treatment_started_on"]) }},
        treatment in ('加固', '拆除', '翻建', '选址新建') as is_treatment,
        if(appraised_on <= balance_on and appraisal_grade is not null, appraised_on, null)
            as appraised_on,
        if(appraised_on <= balance_on, appraisal_grade, null) as appraisal_grade,
        if(is_treatment and treatment_started_on <= balance_on, treatment_started_on, null)
            as treatment_started_on,
        case
            when is_treatment and accepted_on <= balance_on then '消险'
            when closed_reason in ('复鉴降级', '合并', '误报') and closed_on <= balance_on
                then closed_reason
        end as ended_by,
        case ended_by
            when '消险' then accepted_on
            when closed_reason then closed_on
        end as ended_on
    from balances

),

ordered as (

    select
        *,
        row_number() over (
            partition by balance, district_id, danger_case_id
            order by appraisal_no, row_number
        ) as row_position,
        row_number() over (
            partition by balance, district_id, danger_case_id
            order by appraised_on nulls last, appraisal_no, row_number
        ) as appraisal_position,
        max(appraised_on) over (
            partition by balance, district_id, danger_case_id
            order by appraisal_no, row_number
            rows between 1 following and unbounded following
        ) as appraised_later_on
    from dated

),

-- A later appraisal opens a case again: its treatment starts over, its grade history continues.
-- Events of one day happened in this order: found, appraised (by appraisal_no), treated, ended. So
-- an appraisal on the day of the end came before it.
in_rounds as (

    select
        *,
        max(if(appraisal_grade in ('A', 'B'), appraisal_position, null)) over (
            partition by balance, district_id, danger_case_id
        ) as last_safe_position,
        row_position > coalesce(
            max(if(ended_on < appraised_later_on, row_position, null)) over (
                partition by balance, district_id, danger_case_id
            ),
            0
        ) as is_current_round
    from ordered

),

cases as (

    select
        month,
        balance,
        balance_on,
        district_id,
        danger_case_id,
        {% for field in latest_fields %}
        {{ last_known(field, "row_position") }} as {{ field }},
        {% endfor %}
        {% for field in latest_fields_of_round %}
        {{ last_known(field, "row_position", "is_current_round") }} as {{ field }},
        {% endfor %}
        min(found_on) as found_on,
        count(appraised_on) as appraisal_count,
        min_by(appraisal_grade, appraisal_position) filter (where appraisal_grade is not null)
            as first_grade,
        {{ last_known("appraisal_grade", "appraisal_position") }} as last_grade,
        max(appraised_on) as last_appraised_on,
        {{ joined("appraisal_grade || '（' || appraised_on || '）'", "→", "appraisal_position") }}
            as grade_history,
        min(appraised_on) filter (
            where is_current_round and appraisal_grade in ('C', 'D')
            and appraisal_position > coalesce(last_safe_position, 0)
        ) as graded_dangerous_on,
        min(treatment_started_on) filter (where is_current_round) as treatment_started_on,
        {{ last_known("ended_by", "row_position", "is_current_round") }} as ended_by,
        {{ last_known("ended_on", "row_position", "is_current_round") }} as ended_on,
        coalesce(bool_or(appraisal_grade in ('C', 'D')), false) as is_graded_dangerous,
        coalesce(bool_or(treatment_started_on is not null), false) as is_treatment_started,
        coalesce(bool_or(ended_by = '消险'), false) as has_ever_been_eliminated
    from in_rounds
    group by all
    having min(found_on) <= balance_on

)

select
    *,
    coalesce(first_grade < last_grade, false) as is_regraded_worse,
    coalesce(first_grade > last_grade, false) as is_regraded_better,
    ended_by is null as is_open,
    case
        when ended_by = '消险' then '已消险'
        when ended_by is not null then '其他关闭'
        when last_grade in ('A', 'B') then '鉴定非危房待关闭'
        when treatment_started_on is not null then '治理中'
        when last_grade is not null then '已鉴定待治理'
        else '已发现待鉴定'
    end as stage_name,
    case stage_name
        when '已消险' then ended_on
        when '其他关闭' then ended_on
        when '鉴定非危房待关闭' then last_appraised_on
        when '治理中' then treatment_started_on
        when '已鉴定待治理' then coalesce(graded_dangerous_on, last_appraised_on)
        else found_on
    end as stage_since_on,
    -- A case at a later step has passed the earlier ones, even if their dates are missing.
    has_ever_been_eliminated as is_ever_eliminated,
    is_treatment_started or has_ever_been_eliminated as is_ever_treated,
    is_graded_dangerous or is_ever_treated as is_ever_dangerous,
    appraisal_count > 0 or is_ever_dangerous as is_ever_appraised
from cases
