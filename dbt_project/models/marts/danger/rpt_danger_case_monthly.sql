with

opening as (

    select *
    from {{ ref("int_danger_case") }}
    where balance = 'opening'

),

closing as (

    select *
    from {{ ref("int_danger_case") }}
    where balance = 'closing'

),

-- Cases that appear only in last month's register keep the state they had there.
compared as (

    select
        {{ all_but(["is_open"], "closing") }},
        closing.is_open,
        opening.danger_case_id is not null as is_known_before,
        coalesce(opening.is_open, false) as is_open_before,
        opening.last_grade as grade_before,
        opening.stage_name as stage_before,
        true as is_listed
    from closing
    left join opening
        on
            closing.district_id = opening.district_id
            and closing.danger_case_id = opening.danger_case_id
    union all
    select
        {{ all_but(["is_open"], "opening") }},
        false as is_open,
        true as is_known_before,
        opening.is_open as is_open_before,
        opening.last_grade as grade_before,
        opening.stage_name as stage_before,
        false as is_listed
    from opening
    anti join closing
        on
            opening.district_id = closing.district_id
            and opening.danger_case_id = closing.danger_case_id
    where opening.is_open

),

moved as (

    select
        *,
        case
            when is_open_before then '期初未关闭'
            when not is_known_before and found_on >= month then '本月发现'
            when not is_known_before and (is_open or ended_on >= month) then '补报'
            when is_known_before and is_open then '重新打开'
        end as entry,
        case
            when entry is null or is_open then null
            when not is_listed then '漏列'
            when ended_on < month then '补报关闭'
            when ended_by = '消险' then '消险'
            else '其他关闭'
        end as departure,
        coalesce(is_open and due_on < balance_on, false) as is_overdue
    from compared

),

windows as (

    select
        *,
        cast(first_month || '-01' as date) as valid_from,
        cast(last_month || '-01' as date) as valid_to
    from {{ ref("danger_warning_windows") }}

),

warned as (

    select
        moved.district_id,
        moved.danger_case_id,
        windows.warning_code,
        windows.chinese_name,
        windows.sort_order
    from moved
    inner join windows
        on
            moved.month >= windows.valid_from
            and moved.month <= coalesce(windows.valid_to, moved.month)
    where
        moved.is_open
        and case windows.warning_code
            when 'overdue' then moved.is_overdue
            when 'due_soon'
                then
                    {{ days_between("moved.balance_on", "moved.due_on") }}
                    between 0 and windows.window_day_count
            when 'due_missing' then moved.due_on is null and moved.last_grade in ('C', 'D')
            when 'next_step_overdue' then moved.next_step_on < moved.balance_on
            when 'next_step_soon'
                then
                    {{ days_between("moved.balance_on", "moved.next_step_on") }}
                    between 0 and windows.window_day_count
            when 'patrol_old'
                then
                    moved.last_grade in ('C', 'D')
                    and {{ days_between("moved.last_patrol_on", "moved.balance_on") }}
                    > windows.window_day_count
            when 'patrol_missing'
                then moved.last_grade in ('C', 'D') and moved.last_patrol_on is null
            else {{ refuse("'danger_warning_windows: no such warning: ' || windows.warning_code") }}
        end

),

warnings as (

    select
        district_id,
        danger_case_id,
        {{ joined("warning_code", " ", "sort_order") }} as warning_codes,
        {{ joined("chinese_name", "、", "sort_order") }} as warnings
    from warned
    group by district_id, danger_case_id

)

select
    moved.month,
    moved.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    moved.danger_case_id,
    moved.building_id,
    moved.town_name,
    moved.community_name,
    moved.found_on,
    moved.found_by,
    moved.appraisal_count,
    moved.first_grade,
    moved.last_grade,
    moved.last_appraised_on,
    moved.grade_history,
    moved.is_regraded_worse,
    moved.is_regraded_better,
    moved.stage_name,
    moved.stage_since_on,
    moved.treatment,
    moved.treatment_started_on,
    moved.due_on,
    moved.ended_by,
    moved.ended_on,
    moved.is_ever_appraised,
    moved.is_ever_dangerous,
    moved.is_ever_treated,
    moved.is_ever_eliminated,
    moved.is_open,
    moved.is_overdue,
    moved.interim_control,
    moved.lead_unit,
    moved.measures,
    moved.progress,
    moved.next_step,
    moved.next_step_on,
    moved.is_monitored,
    moved.monitor_unit,
    moved.last_patrol_on,
    warnings.warning_codes,
    warnings.warnings,
    moved.is_open_before,
    moved.stage_before,
    moved.grade_before,
    moved.is_listed,
    moved.entry,
    moved.departure
from moved
inner join {{ ref("int_district_month") }} as districts
    on moved.district_id = districts.district_id
left join warnings
    on
        moved.district_id = warnings.district_id
        and moved.danger_case_id = warnings.danger_case_id
order by districts.sort_order, moved.danger_case_id
