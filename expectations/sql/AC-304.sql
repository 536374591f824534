-- A double leads to an original: following 重复于受理编号 never comes back to the case.
with recursive leads_to as (
    select
        case_id,
        duplicate_of
    from alteration_cases
    where duplicate_of is not null
    union
    select
        leads_to.case_id,
        cases.duplicate_of
    from leads_to
    inner join alteration_cases as cases on leads_to.duplicate_of = cases.case_id
    where cases.duplicate_of is not null
)

select
    cases.row_number,
    'duplicate_of' as field,
    cases.case_id as record_key,
    cases.case_id in (
        select leads_to.case_id
        from leads_to
        where leads_to.case_id = leads_to.duplicate_of
    ) as is_failing
from alteration_cases as cases
where cases.duplicate_of is not null
order by cases.row_number
