-- What is kept of an earlier month's results beside those of now.
create or replace temp view pair_to_keep as
from undecided_pair
union all by name
from former_pair
semi join kept_code using (building_code)
anti join wanted using (building_code);

create or replace temp view untouched as
select * replace (false as is_new_match)
from kept_code
anti join still_valid using (building_code);

create or replace temp view variant_to_keep as
select 'road' as part, * from road_variant
union
select 'estate' as part, * from estate_variant
union
from known_variant;
