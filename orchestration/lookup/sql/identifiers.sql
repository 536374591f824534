-- Every key that finds a building (table identifier): its scheme, its value, the building, and the
-- register it comes from. A new scheme needs a branch here and a name in answers.py.
create or replace temp table identifier as
select distinct
    'building_id' as scheme,
    building_id as value,
    subject_no,
    if(is_in_ledger, 'building_survey', 'building_codes') as source
from subject
where building_id is not null
union all
select
    'building_code' as scheme,
    placed_code.building_code as value,
    subject.subject_no,
    -- the building of a code without a building id is known only from its plate
    if(
        placed_code.building_id is null and placed_code.known_building_id is not null,
        'matching',
        'building_codes'
    ) as source
from placed_code
inner join subject on placed_code.subject_key = subject.subject_key
union all
select distinct
    'doorplate' as scheme,
    placed_code.doorplate_code as value,
    subject.subject_no,
    'matching' as source
from placed_code
inner join subject on placed_code.subject_key = subject.subject_key
where placed_code.doorplate_code is not null
union all
select
    'internal_code' as scheme,
    issued_code.value,
    subject.subject_no,
    'issued' as source
from issued_code
inner join subject on issued_code.building_id = subject.building_id
where issued_code.is_valid;
