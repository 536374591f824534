-- What becomes of every code of the table wanted. $accept and $review are scores, $margin is in
-- bits: so much more must speak for the best plate than for the next. A clerk's decision (table
-- decision: building_code, doorplate_code, verdict) stands above both passes.

create or replace temp table ranked as
select
    key_id,
    doorplate_code,
    score,
    evidence,
    is_doubtful,
    road, door, estate, building, town, community,
    row_number() over (
        partition by key_id order by evidence desc, doorplate_code
    ) as place
from scored
where score >= $review;

create or replace temp table best as
select
    first.key_id,
    first.doorplate_code,
    first.score,
    first.evidence - coalesce(second.evidence, first.evidence - 99) as lead_bits,
    first.is_doubtful,
    counted.candidate_count,
    concat_ws(
        '，',
        level_road.reason, level_door.reason, level_estate.reason, level_building.reason,
        level_town.reason, level_community.reason
    ) as reason
from ranked as first
left join ranked as second on second.key_id = first.key_id and second.place = 2
inner join (
    select key_id, count(*) as candidate_count from ranked group by key_id
) as counted on counted.key_id = first.key_id
inner join evidence as level_road on level_road.part = 'road' and level_road.level = first.road
inner join evidence as level_door on level_door.part = 'door' and level_door.level = first.door
inner join evidence as level_estate
    on level_estate.part = 'estate' and level_estate.level = first.estate
inner join evidence as level_building
    on level_building.part = 'building' and level_building.level = first.building
inner join evidence as level_town on level_town.part = 'town' and level_town.level = first.town
inner join evidence as level_community
    on level_community.part = 'community' and level_community.level = first.community
where first.place = 1;

create or replace temp table cancelled as
select district_id, road, door, building, min(doorplate_code) as doorplate_code
from every_plate
where not is_valid and road <> '' and door <> ''
group by all;

create or replace temp table machine as
select
    wanted.building_code,
    case
        when wanted.problem <> '' then 'address_incomplete'
        when exact.candidate_count = 1 then 'matched_exact'
        when exact.candidate_count > 1 then 'multi_candidate'
        when open_key.key_id is null then 'address_incomplete'
        when best.key_id is null and wanted.is_elsewhere then 'code_conflict'
        when best.key_id is null then 'no_candidate'
        when best.lead_bits < $margin then 'multi_candidate'
        when best.score < $accept or best.is_doubtful then 'pending_review'
        else 'matched_fuzzy'
    end as outcome,
    coalesce(exact.doorplate_code, best.doorplate_code) as doorplate_code,
    if(exact.candidate_count is not null, 1.0, best.score) as score,
    coalesce(exact.candidate_count, best.candidate_count, 0) as candidate_count,
    case
        when wanted.problem <> '' then
            map {'empty': '地址空白', 'too_long': '地址过长', 'outside': '不是本市的地址'}[wanted.problem]
        when exact.candidate_count = 1 then '各要素相同'
        when exact.candidate_count > 1 then '几块门牌的各要素都相同'
        when open_key.key_id is null then '缺少街路巷或小区，或缺少门牌号和楼幢号'
        when best.key_id is not null then best.reason
        when wanted.is_elsewhere then '地址所写的地区与地区栏不符'
        when cancelled.doorplate_code is not null then '该处的门牌已注销'
        else '没有相近的门牌'
    end as reason
from wanted
left join exact using (building_code)
left join open_key
    on exact.building_code is null
    and open_key.district_id = wanted.district_id
    and open_key.town = wanted.town
    and open_key.community = wanted.community
    and open_key.road = wanted.road
    and open_key.door = wanted.door
    and open_key.estate = wanted.estate
    and open_key.building = wanted.building
    and wanted.problem = ''
left join best using (key_id)
left join cancelled
    on cancelled.district_id = wanted.district_id
    and cancelled.road = wanted.road
    and cancelled.door = wanted.door
    and cancelled.building = wanted.building;

-- pairs for the review queue: the best five plates of what was left undecided, or the first five
-- where all are alike
create or replace temp table undecided_pair as
select machine.building_code, ranked.doorplate_code, ranked.score, ranked.place
from machine
inner join wanted using (building_code)
inner join open_key
    on open_key.district_id = wanted.district_id
    and open_key.town = wanted.town
    and open_key.community = wanted.community
    and open_key.road = wanted.road
    and open_key.door = wanted.door
    and open_key.estate = wanted.estate
    and open_key.building = wanted.building
inner join ranked on ranked.key_id = open_key.key_id and ranked.place <= 5
where machine.outcome in ('pending_review', 'multi_candidate')
union all
select
    wanted.building_code,
    plate.doorplate_code,
    1.0 as score,
    row_number() over (
        partition by wanted.building_code
        order by plate.estate <> wanted.estate, plate.doorplate_code
    ) as place
from wanted
inner join exact
    on exact.building_code = wanted.building_code and exact.candidate_count > 1
inner join plate_in_question as plate
    on plate.district_id = wanted.district_id
    and plate.town = wanted.town
    and plate.road = wanted.road
    and plate.door = wanted.door
    and plate.building = wanted.building
    and (plate.estate = wanted.estate or wanted.estate = '')
qualify place <= 5;

-- the machine's word on each code that was looked at, beside what the code is
create or replace temp view judged_now as
select
    wanted.*,
    machine.outcome,
    machine.doorplate_code,
    machine.score,
    machine.candidate_count,
    machine.reason
from wanted
inner join machine using (building_code);
