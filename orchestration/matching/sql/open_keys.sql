-- What the deterministic pass left: the distinct parts of codes, each asked once however many
-- codes share them.
create or replace temp table open_key as
select
    row_number() over (order by all_parts) as key_id,
    unnest(all_parts)
from (
    select distinct
        struct_pack(
            district_id := district_id,
            town := town,
            community := community,
            road := road,
            door := door,
            estate := estate,
            building := building
        ) as all_parts
    from wanted
    anti join exact using (building_code)
    where problem = ''
        and (road <> '' or estate <> '')
        and (door <> '' or building <> '')
);
