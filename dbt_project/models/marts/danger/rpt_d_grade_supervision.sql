select
    cases.month,
    cases.district_id,
    cases.district_code,
    districts.district_name,
    cases.danger_case_id,
    cases.building_id,
    cases.town_name,
    cases.community_name,
    cases.lead_unit,
    cases.stage_name,
    cases.stage_since_on,
    cases.grade_history,
    cases.progress,
    cases.measures,
    cases.treatment,
    cases.treatment_started_on,
    cases.due_on,
    {{ days_between("last_day(cases.month)", "cases.due_on") }} as days_to_due,
    cases.is_overdue,
    cases.next_step,
    cases.next_step_on,
    cases.is_monitored,
    cases.monitor_unit,
    cases.last_patrol_on,
    {{ days_between("cases.last_patrol_on", "last_day(cases.month)") }} as days_since_patrol,
    cases.interim_control,
    cases.warning_codes,
    cases.warnings
from {{ ref("rpt_danger_case_monthly") }} as cases
inner join {{ ref("int_district_month") }} as districts
    on cases.district_id = districts.district_id
where
    cases.month = districts.month
    and cases.is_open
    and cases.last_grade = 'D'
order by districts.sort_order, cases.lead_unit, cases.due_on, cases.danger_case_id
