-- Results that are new are all there is.
create or replace temp view pair_to_keep as from undecided_pair;

create or replace temp view untouched as from outcome where false;

create or replace temp view variant_to_keep as
select 'road' as part, * from road_variant
union all
select 'estate' as part, * from estate_variant;
