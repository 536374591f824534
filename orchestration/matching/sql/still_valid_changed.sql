-- What is valid of an earlier month's results. The final result is decided again for a code that
-- was matched now, that a clerk decides, that was overruled before, or whose plate one of these
-- may claim. All other codes are untouched.

create or replace temp table claimed_plate as
select doorplate_code from machine
union
select doorplate_code from decision
union
select machine_doorplate_code from former_code where is_overruled;

create or replace temp table still_valid as
from judged_now
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
