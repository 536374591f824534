-- Buildings that the month's ledger lists, also in quarantine: found once for all rules that ask.
select distinct building_id from listed_building_survey
where building_id is not null;
