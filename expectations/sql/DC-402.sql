-- A building that the ledger grades C or D has a danger case whose last appraisal agrees.
with last_appraisals as (
    select
        building_id,
        max_by(appraisal_grade, try_cast(appraised_on as date)) as appraisal_grade
    from danger_cases
    where appraised_on is not null
    group by building_id
),

listed as (select distinct building_id from listed_danger_cases)

select
    null::integer as row_number,
    'building_id' as field,
    building_survey.building_id as record_key,
    coalesce(
        last_appraisals.appraisal_grade <> building_survey.appraisal_grade,
        listed.building_id is null or last_appraisals.building_id is not null
    ) as is_failing
from building_survey
left join last_appraisals on building_survey.building_id = last_appraisals.building_id
left join listed on building_survey.building_id = listed.building_id
where building_survey.appraisal_grade in ('C', 'D')
order by record_key
