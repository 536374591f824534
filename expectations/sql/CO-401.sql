-- The building of a code in force stands in its district's ledger, or a registered change says
-- what became of it. Districts without an accepted ledger are not asked about.
select
    codes.row_number,
    'building_id' as field,
    codes.record_key,
    known_buildings.building_id is null as is_failing
from building_codes as codes
inner join district_names on codes.district = district_names.district
left join known_buildings
    on
        district_names.district_id = known_buildings.district_id
        and codes.building_id = known_buildings.building_id
where
    codes.building_id is not null
    and codes.valid_to is null
    and district_names.district_id in (
        select asked.district_id from known_buildings as asked
    )
order by codes.row_number
