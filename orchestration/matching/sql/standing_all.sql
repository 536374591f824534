-- Without an earlier month's results nothing stands but what was matched now.
create or replace temp view standing as
select
    wanted.*,
    machine.outcome,
    machine.doorplate_code,
    machine.score,
    machine.candidate_count,
    machine.reason
from wanted
inner join machine using (building_code);
