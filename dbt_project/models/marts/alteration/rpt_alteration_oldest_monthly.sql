with

placed as (

    select
        *,
        district_id as placed_in
    from {{ ref("int_alteration_open_case") }}
    union all
    select
        *,
        'city' as placed_in
    from {{ ref("int_alteration_open_case") }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by placed_in
            order by received_on, district_id, case_id
        ) as age_rank
    from placed

)

select
    ranked.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    cast(ranked.age_rank as integer) as age_rank,
    ranked.district_id as delivered_by,
    ranked.case_id,
    ranked.town_name,
    ranked.alteration_type_name,
    ranked.step,
    ranked.received_on,
    ranked.verified_on,
    ranked.ordered_on,
    ranked.reopened_on,
    {{ days_between("ranked.received_on", "last_day(ranked.month)") }} as age_day_count,
    cast(ranked.waiting_day_count as bigint) as waiting_day_count,
    ranked.is_without_first_action,
    ranked.is_overdue,
    {{ is_total("districts.district_id") }} as is_total
from ranked
inner join {{ ref("int_district_month") }} as districts
    on ranked.placed_in = districts.district_id
where ranked.age_rank <= 10
order by districts.sort_order, ranked.age_rank
