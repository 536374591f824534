-- What an earlier month's results still answer. Their last word must be found again for a code
-- that was looked at now, that a clerk decides or decided, or that shares its plate with one of
-- these, or with one that is gone; all others are untouched.

create or replace temp table claimed_plate as
with

moving as (
    select building_code from wanted
    union
    select building_code from changed_code
    union
    select building_code from decision
    union
    select building_code from former_code where is_overruled
)

select doorplate_code from machine
union
select doorplate_code from decision
union
select unnest([doorplate_code, machine_doorplate_code])
from former_code semi join moving using (building_code);

create or replace temp table standing as
select
    wanted.*,
    machine.outcome,
    machine.doorplate_code,
    machine.score,
    machine.candidate_count,
    machine.reason
from wanted
inner join machine using (building_code)
union all by name
select
    former.* exclude (
        machine_outcome, machine_doorplate_code, machine_reason, is_overruled, is_new_match
    ) replace (
        if(former.is_overruled, former.machine_outcome, former.outcome) as outcome,
        if(
            former.is_overruled, former.machine_doorplate_code, former.doorplate_code
        ) as doorplate_code,
        if(former.is_overruled, former.machine_reason, former.reason) as reason
    )
from kept_code as former
anti join wanted using (building_code)
where
    former.building_code in (select building_code from decision)
    or former.is_overruled
    or former.doorplate_code in (select doorplate_code from claimed_plate);
