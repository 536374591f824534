-- A sampled building stands in its district's ledger, or a registered change says what became of
-- it. Districts without an accepted ledger are not asked about.
select
    inspections.row_number,
    'building_id' as field,
    inspections.record_key,
    known_buildings.building_id is null as is_failing
from quality_inspection as inspections
inner join district_names on inspections.district = district_names.district
left join known_buildings
    on
        district_names.district_id = known_buildings.district_id
        and inspections.building_id = known_buildings.building_id
where
    district_names.district_id in (
        select asked.district_id from known_buildings as asked
    )
order by inspections.row_number
