-- People moved out and a fence put up is not a danger eliminated: whatever counts as eliminated has
-- a treatment and its acceptance in the register itself.
select
    cases.district_id,
    cases.danger_case_id
from {{ ref("rpt_danger_case_monthly") }} as cases
anti join {{ ref("stg_danger_cases") }} as register
    on
        cases.district_id = register.district_id
        and cases.danger_case_id = register.danger_case_id
        and cases.month = register.month
        and register.treatment in ('加固', '拆除', '翻建', '选址新建')
        and register.accepted_on <= last_day(register.month)
where
    cases.{{ in_run_month() }}
    and cases.is_listed
    and (cases.is_ever_eliminated or cases.stage_name = '已消险')
