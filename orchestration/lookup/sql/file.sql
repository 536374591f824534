-- The tables of the look-up file, in the order in which they are written: dates are ISO text, lists
-- are JSON, unknown values are null.
create or replace temp view file_about as
select month, vintage, status, is_simulated, cast(built_at as varchar) as built_at
from about;

create or replace temp view file_subject as
select
    subject.subject_no,
    subject.building_id,
    subject.district_id,
    district.district_name,
    subject.is_in_ledger,
    cast(if(subject.is_in_ledger, survey.as_at, codes.as_at) as varchar) as as_at,
    <shown_columns>,
    -- cases are known by building id, and only of districts whose register was accepted
    if(
        subject.building_id is null or dangers.kind is null, null, coalesce(danger.cases, '[]')
    ) as danger_cases,
    if(
        subject.building_id is null or alterations.kind is null,
        null,
        coalesce(alteration.cases, '[]')
    ) as alteration_cases
from subject
left join district on subject.district_id = district.district_id
left join danger
    on subject.district_id = danger.district_id and subject.building_id = danger.building_id
left join alteration
    on
        subject.district_id = alteration.district_id
        and subject.building_id = alteration.building_id
left join accepted_delivery as survey
    on subject.district_id = survey.district_id and survey.kind = 'building_survey'
left join accepted_delivery as codes on codes.kind = 'building_codes'
left join accepted_delivery as dangers
    on subject.district_id = dangers.district_id and dangers.kind = 'danger_cases'
left join accepted_delivery as alterations
    on subject.district_id = alterations.district_id and alterations.kind = 'alteration_cases'
order by subject.subject_no;

create or replace temp view file_identifier as
select value, scheme, subject_no, source
from identifier
order by value, scheme, subject_no;

create or replace temp view file_refusal as
select
    value,
    scheme,
    reason,
    cast(since_on as varchar) as since_on,
    event as told, -- the name in files of earlier versions, which stay readable
    successors
from refusal
order by value, scheme;
