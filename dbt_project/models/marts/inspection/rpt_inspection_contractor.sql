with

measured as (

    select
        month,
        as_at,
        inspection_group,
        contractor,
        {{ joined("district_id", "|", "district_id", distinct=true) }} as district_ids,
        {{ inspection_measures() }}
    from {{ ref("int_inspection_building") }}
    group by month, as_at, inspection_group, contractor

)

select
    measured.month,
    measured.as_at,
    measured.inspection_group,
    measured.contractor,
    measured.district_ids,
    measured.planned_count,
    measured.inspected_count,
    measured.inspected_floor_area_m2,
    {{ round_half_up_10k("measured.inspected_floor_area_m2") }} as inspected_floor_area_10k_m2,
    measured.passed_count,
    {{ inspection_shares("measured") }},
    measured.rectification_required_count,
    measured.rectification_done_count,
    measured.rectification_overdue_count,
    measured.rectification_days_median,
    measured.reinspected_count,
    measured.reinspected_passed_count
from measured
order by measured.inspection_group, measured.contractor
