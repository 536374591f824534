-- Buildings that the month's ledger lists, also in quarantine: once for all rules that ask.
create table listed_building as
select distinct building_id from listed_building_survey
where building_id is not null;
