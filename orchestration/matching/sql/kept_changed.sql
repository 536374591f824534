-- What an earlier month's results still answer, beside what was looked at now.
create or replace temp view outcome_before_conflicts as
from machine
union all by name
select
    former.building_code,
    former.machine_outcome as outcome,
    former.machine_doorplate_code as doorplate_code,
    former.score,
    former.candidate_count,
    former.machine_reason as reason
from former_code as former
semi join code using (building_code)
anti join wanted using (building_code);

create or replace temp view pair_to_keep as
from undecided_pair
union all by name
from former_pair semi join code using (building_code) anti join wanted using (building_code);
