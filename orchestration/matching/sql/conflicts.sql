-- The last word over all codes, matched now or in an earlier month: a clerk's decision, then the
-- rule that one plate carries one building. Reads outcome_before_conflicts, decision and code.
create or replace temp table outcome as
with

decided as (
    select
        machine.building_code,
        case
            when same.doorplate_code is not null then 'matched_fuzzy'
            when different.doorplate_code is not null then 'no_candidate'
            else machine.outcome
        end as outcome,
        coalesce(
            same.doorplate_code,
            if(different.doorplate_code is null, machine.doorplate_code, null)
        ) as doorplate_code,
        machine.outcome as machine_outcome,
        machine.doorplate_code as machine_doorplate_code,
        machine.reason as machine_reason,
        machine.score,
        machine.candidate_count,
        case
            when same.doorplate_code is not null then '人工复核：相同'
            when different.doorplate_code is not null then '人工复核：不同'
            else machine.reason
        end as reason
    from outcome_before_conflicts as machine
    left join decision as same
        on same.building_code = machine.building_code and same.verdict = 'same'
    left join decision as different
        on different.building_code = machine.building_code
        and different.doorplate_code = machine.doorplate_code
        and different.verdict = 'different'
),

claimed_by_several as (
    select doorplate_code
    from decided
    inner join code using (building_code)
    where outcome in ('matched_exact', 'matched_fuzzy')
        and code.is_valid and code.rooms = '' and code.building_id is not null
    group by doorplate_code
    having count(distinct code.building_id) > 1
)

select
    decided.building_code,
    code.building_id,
    code.district_id,
    code.is_valid,
    if(claimed.doorplate_code is null, decided.outcome, 'code_conflict') as outcome,
    decided.doorplate_code,
    decided.score,
    decided.candidate_count,
    if(claimed.doorplate_code is null, decided.reason, '几幢房屋的编码对应同一门牌') as reason,
    case
        when $has_former then
            outcome in ('matched_exact', 'matched_fuzzy') and earlier.building_code is null
    end as is_new_match,
    decided.machine_outcome,
    decided.machine_doorplate_code,
    decided.machine_reason,
    code.code_hash
from decided
inner join code using (building_code)
left join earlier_match as earlier using (building_code)
left join claimed_by_several as claimed
    on claimed.doorplate_code = decided.doorplate_code
    and decided.outcome in ('matched_exact', 'matched_fuzzy')
    and code.is_valid and code.rooms = '' and code.building_id is not null;
