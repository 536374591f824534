-- The final result for the codes of still_valid, matched now or in an earlier month: a clerk's
-- decision first, then the rule that one plate carries one building. If one code of a plate is in
-- still_valid, all of them are. Fills outcome.
create or replace temp table outcome as
with

decided as (
    select
        machine.* exclude (outcome, doorplate_code, reason),
        case
            when same.doorplate_code is not null then 'matched_fuzzy'
            when different.doorplate_code is not null then 'no_candidate'
            else machine.outcome
        end as outcome,
        coalesce(
            same.doorplate_code,
            if(different.doorplate_code is null, machine.doorplate_code, null)
        ) as doorplate_code,
        same.doorplate_code is not null or different.doorplate_code is not null as is_decided,
        machine.outcome as machine_outcome,
        machine.doorplate_code as machine_doorplate_code,
        machine.reason as machine_reason,
        case
            when same.doorplate_code is not null then '人工复核：相同'
            when different.doorplate_code is not null then '人工复核：不同'
            else machine.reason
        end as reason
    from still_valid as machine
    left join decision as same
        on same.building_code = machine.building_code
        and same.verdict = 'same'
        -- nobody stands at a plate that is gone
        and same.doorplate_code in (select doorplate_code from plate)
    left join decision as different
        on different.building_code = machine.building_code
        and different.doorplate_code = machine.doorplate_code
        and different.verdict = 'different'
),

claimed_by_several as (
    select doorplate_code
    from decided
    where outcome in ('matched_exact', 'matched_fuzzy')
        and is_valid and rooms = '' and building_id is not null
    group by doorplate_code
    having count(distinct building_id) > 1
),

judged as (
    select
        decided.* exclude (is_decided),
        claimed.doorplate_code is not null as is_conflict,
        decided.is_decided or is_conflict as is_overruled,
        earlier.building_code is not null as was_matched
    from decided
    left join earlier_match as earlier using (building_code)
    left join claimed_by_several as claimed
        on claimed.doorplate_code = decided.doorplate_code
        and decided.outcome in ('matched_exact', 'matched_fuzzy')
        and decided.is_valid and decided.rooms = '' and decided.building_id is not null
)

-- the machine's own answer is kept where it was overruled, so that it can be taken up again
select
    * exclude (is_conflict, was_matched) replace (
        if(is_conflict, 'code_conflict', judged.outcome) as outcome,
        if(is_conflict, '几幢房屋的编码对应同一门牌', judged.reason) as reason,
        if(is_overruled, machine_outcome, null) as machine_outcome,
        if(is_overruled, machine_doorplate_code, null) as machine_doorplate_code,
        if(is_overruled, machine_reason, null) as machine_reason
    ),
    case
        when $has_former then
            judged.outcome in ('matched_exact', 'matched_fuzzy')
            and not is_conflict and not was_matched
    end as is_new_match
from judged;
