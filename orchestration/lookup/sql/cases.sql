-- What the marts tell of each building's cases as JSON lists (tables danger and alteration), of
-- the month in the published statistics. A district whose register was not accepted has no list:
-- none known is not none.
create or replace temp table told as
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
