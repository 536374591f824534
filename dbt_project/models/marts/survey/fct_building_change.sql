select
    changes.month,
    changes.district_id,
    districts.district_code,
    districts.district_name,
    changes.change_id,
    changes.change_type,
    changes.changed_on,
    changes.old_building_id,
    changes.new_building_id
from {{ ref("stg_building_changes") }} as changes
left join {{ ref("int_district_month") }} as districts
    on changes.month = districts.month and changes.district_id = districts.district_id
order by districts.sort_order, changes.change_id
