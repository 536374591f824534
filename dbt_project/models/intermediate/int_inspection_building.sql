with

inspection as (

    select
        rows_of_month.*,
        delivered.as_at as inspection_as_at
    from {{ ref("stg_quality_inspection") }} as rows_of_month
    inner join {{ ref("int_inspection_as_at") }} as delivered
        on rows_of_month.month = delivered.month

),

district_names as (

    select distinct
        district_id,
        {{ rows_of("array_append(" ~ parts_of("coalesce(aliases, '')", "|") ~ ", district_name)") }}
            as inspected_district_name
    from {{ ref("districts") }}
    where level = 'district'

),

first_rounds as (

    select
        inspection.*,
        district_names.district_id as inspected_district_id,
        coalesce(inspection.inspected_on <= inspection.inspection_as_at, false) as is_inspected
    from inspection
    inner join district_names
        on inspection.inspected_district_name = district_names.inspected_district_name
    where inspection.inspection_round = '初检'

),

-- Reported with the first round or in a round of its own, whichever came first.
rectified as (

    select
        inspection_id,
        min(rectified_on) as rectified_on
    from inspection
    where inspection_round in ('初检', '整改') and rectified_on <= inspection_as_at
    group by inspection_id

),

again as (

    select
        inspection_id,
        conclusion
    from inspection
    where inspection_round = '复检' and inspected_on <= inspection_as_at
    qualify row_number() over (partition by inspection_id order by inspected_on desc) = 1

),

sample as (

    select * from {{ source("run", "sample") }}

),

planned_buildings as (

    select distinct
        inspected_district_id,
        building_id
    from first_rounds

),

-- A building is in the sample once and replaced once; further rows belong to no sample.
placed as (

    select
        first_rounds.*,
        own.building_id is not null
        and row_number() over (
            partition by first_rounds.inspected_district_id, first_rounds.building_id
            order by first_rounds.inspection_id
        ) = 1 as is_sampled,
        replaced.building_id is not null
        and own.building_id is null
        and planned_itself.building_id is null
        and first_rounds.replacement_reason is not null
        and row_number() over (
            partition by
                first_rounds.inspected_district_id,
                first_rounds.replaces_building_id,
                own.building_id is null and first_rounds.replacement_reason is not null
            order by first_rounds.inspection_id
        ) = 1 as is_replacement,
        own.stratum as own_stratum,
        own.stratum_frame_count as own_frame_count,
        replaced.stratum as replaced_stratum,
        replaced.stratum_frame_count as replaced_frame_count
    from first_rounds
    left join sample as own
        on
            first_rounds.inspected_district_id = own.district_id
            and first_rounds.building_id = own.building_id
    left join sample as replaced
        on
            first_rounds.inspected_district_id = replaced.district_id
            and first_rounds.replaces_building_id = replaced.building_id
    left join planned_buildings as planned_itself
        on
            first_rounds.inspected_district_id = planned_itself.inspected_district_id
            and first_rounds.replaces_building_id = planned_itself.building_id

),

in_strata as (

    select
        *,
        case when is_sampled then own_stratum when is_replacement then replaced_stratum end
            as stratum,
        case when is_sampled then own_frame_count when is_replacement then replaced_frame_count end
            as stratum_frame_count
    from placed

),

-- While the inspection is under way, the inspected buildings stand for their whole stratum.
weighted as (

    select
        *,
        case
            when is_inspected and stratum is not null
                then stratum_frame_count / count(if(is_inspected, 1, null)) over (
                    partition by inspected_district_id, stratum
                )
        end as design_weight
    from in_strata

)

select
    placed.month,
    placed.inspection_as_at as as_at,
    placed.inspected_district_id as district_id,
    placed.inspection_id,
    placed.building_id,
    placed.floor_area_m2,
    coalesce(placed.inspection_group, '未填') as inspection_group,
    coalesce(placed.contractor, '未填') as contractor,
    placed.is_inspected,
    placed.is_inspected and coalesce(placed.conclusion = '通过', false) as is_passed,
    placed.is_inspected and coalesce(placed.conclusion = '不通过', false) as is_failed,
    placed.issue_types,
    rectified.rectified_on is not null as is_rectified,
    rectified.rectified_on is null
    and coalesce(placed.rectification_due_on < placed.inspection_as_at, false) as is_overdue,
    {{ days_between("placed.inspected_on", "rectified.rectified_on") }} as rectification_days,
    again.inspection_id is not null as is_reinspected,
    coalesce(again.conclusion = '通过', false) as is_passed_again,
    case
        when not exists (select 1 from sample) then null
        when placed.is_sampled then 'sampled'
        when placed.is_replacement then 'replacement'
        else 'not_sampled'
    end as sample_state,
    placed.stratum,
    placed.design_weight,
    placed.replaces_building_id,
    placed.replacement_reason
from weighted as placed
left join rectified on placed.inspection_id = rectified.inspection_id
left join again on placed.inspection_id = again.inspection_id
