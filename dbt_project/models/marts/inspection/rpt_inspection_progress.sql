with

-- Every building counts for its district and for the city.
buildings as (

    select
        {{ all_but(["district_id"]) }},
        {{ rows_of(list_of(["district_id", "'city'"])) }} as district_id
    from {{ ref("int_inspection_building") }}

),

measured as (

    select
        district_id,
        {{ inspection_measures() }},
        count(*) filter (where sample_state = 'sampled') as sampled_planned_count,
        count(*) filter (where sample_state = 'replacement') as replacement_count,
        count(*) filter (where sample_state = 'not_sampled') as not_sampled_count
    from buildings
    group by district_id

),

strata as (

    select
        {{ all_but(["district_id"]) }},
        {{ rows_of(list_of(["district_id", "'city'"])) }} as district_id
    from {{ ref("int_inspection_stratum") }}

),

design as (

    {{ stratified_share("strata") }}

),

drawn as (

    select
        sample_month,
        frame_count,
        {{ rows_of(list_of(["district_id", "'city'"])) }} as district_id
    from {{ source("run", "sample") }}

),

sample as (

    select
        district_id,
        max(sample_month) as sample_month,
        max(frame_count) as frame_count,
        count(*) as sampled_count
    from drawn
    group by district_id

),

limits as (

    select inspection_limits.minimum_inspected_count
    from {{ ref("inspection_limits") }} as inspection_limits
    inner join {{ source("run", "month") }} as run_month
        on cast(inspection_limits.first_month || '-01' as date) <= run_month.month
    order by inspection_limits.first_month desc
    limit 1

),

-- A district that is not in the accepted delivery has nothing planned: zero.
counted as (

    select
        districts.month,
        delivered.as_at,
        districts.district_id,
        districts.district_code,
        districts.district_name,
        districts.sort_order,
        coalesce(measured.planned_count, 0) as planned_count,
        coalesce(measured.inspected_count, 0) as inspected_count,
        coalesce(measured.inspected_floor_area_m2, 0) as inspected_floor_area_m2,
        coalesce(measured.passed_count, 0) as passed_count,
        coalesce(measured.rectification_required_count, 0) as rectification_required_count,
        coalesce(measured.rectification_done_count, 0) as rectification_done_count,
        coalesce(measured.rectification_overdue_count, 0) as rectification_overdue_count,
        measured.rectification_days_median,
        coalesce(measured.reinspected_count, 0) as reinspected_count,
        coalesce(measured.reinspected_passed_count, 0) as reinspected_passed_count,
        measured.weighted_pass_share,
        design.pass_share as design_pass_share,
        design.effective_count,
        design.represented_count,
        -- undrawn strata of an older sample cannot be assigned to a district
        case
            when districts.district_id = 'city' then whole_sample.frame_count
            when whole_design.frame_count = whole_sample.frame_count then design.frame_count
        end as frame_count,
        whole_sample.sample_month,
        case when whole_sample.sampled_count > 0 then coalesce(sample.sampled_count, 0) end
            as sampled_count,
        coalesce(measured.sampled_planned_count, 0) as sampled_planned_count,
        coalesce(measured.replacement_count, 0) as replacement_count,
        coalesce(measured.not_sampled_count, 0) as not_sampled_count
    from {{ ref("int_district_month") }} as districts
    inner join {{ ref("int_inspection_as_at") }} as delivered
        on districts.month = delivered.month
    left join measured on districts.district_id = measured.district_id
    left join design on districts.district_id = design.district_id
    left join sample on districts.district_id = sample.district_id
    left join sample as whole_sample on whole_sample.district_id = 'city'
    left join design as whole_design on whole_design.district_id = 'city'

)

select
    counted.month,
    counted.as_at,
    counted.district_id,
    counted.district_code,
    counted.district_name,
    counted.sort_order,
    counted.planned_count,
    counted.inspected_count,
    cast(counted.inspected_floor_area_m2 as decimal(18, 2)) as inspected_floor_area_m2,
    {{ round_half_up_10k("counted.inspected_floor_area_m2") }} as inspected_floor_area_10k_m2,
    counted.passed_count,
    {{ inspection_shares("counted") }},
    counted.rectification_required_count,
    counted.rectification_done_count,
    counted.rectification_overdue_count,
    counted.rectification_days_median,
    counted.reinspected_count,
    counted.reinspected_passed_count,
    {{ design_bound("counted", "low") }} as weighted_pass_share_low,
    {{ design_bound("counted", "high") }} as weighted_pass_share_high,
    {{ share_of("counted.represented_count", "counted.frame_count") }} as weighted_frame_share,
    counted.sample_month,
    cast(counted.sampled_count as bigint) as sampled_count,
    cast(case when counted.sampled_count is not null then counted.replacement_count end as bigint)
        as replacement_count,
    cast(
        counted.sampled_count - counted.sampled_planned_count - counted.replacement_count as bigint
    ) as not_delivered_count,
    cast(case when counted.sampled_count is not null then counted.not_sampled_count end as bigint)
        as not_sampled_count,
    case
        when counted.inspected_count >= limits.minimum_inspected_count
            then {{ wilson_bound("counted.passed_count", "counted.inspected_count", "low") }}
    end as verification_factor,
    {{ is_total("counted.district_id") }} as is_total
from counted
cross join limits
order by counted.sort_order
