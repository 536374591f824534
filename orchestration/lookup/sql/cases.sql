-- The cases of each building as JSON lists (tables danger and alteration), from the marts of the
-- month. A district whose register was not accepted has no list: unknown cases are not no cases.
create or replace temp table accepted_delivery as
select district_id, kind, as_at
from statistics.marts.rpt_delivery
where month = $month and state in ('accepted', 'accepted_with_quarantine');

create or replace temp table danger as
select
    district_id,
    building_id,
    to_json(list(<danger_fields> order by danger_case_id)) as cases
from statistics.marts.rpt_danger_case_monthly
where month = $month and is_listed and building_id is not null
group by district_id, building_id;

create or replace temp table alteration as
select
    district_id,
    building_id,
    to_json(list(<alteration_fields> order by received_on, case_id)) as cases
from statistics.marts.fct_alteration_case_monthly
where
    month = $month
    and building_id is not null
    and (is_closing or is_awaiting_verification)
group by district_id, building_id;
