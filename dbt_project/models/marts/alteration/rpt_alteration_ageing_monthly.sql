with

ledgers as (

    select district_id from {{ ref("int_alteration_opening_basis") }}

),

steps as (

    select distinct step from {{ ref("alteration_deadlines") }}

),

counted as (

    select
        open_case.district_id,
        open_case.step,
        bands.age_band_id,
        count(*) as open_count,
        count(*) filter (where open_case.is_without_first_action) as no_first_action_count,
        count(*) filter (where open_case.is_overdue) as overdue_count
    from {{ ref("int_alteration_open_case") }} as open_case
    inner join {{ ref("alteration_age_bands") }} as bands
        on
            open_case.waiting_day_count >= bands.low_day_count
            and open_case.waiting_day_count
            <= coalesce(bands.high_day_count, open_case.waiting_day_count)
    group by all

),

-- A district with a ledger has a row for every band, so that no case counts as zero; a district
-- without a ledger has nulls.
figures as (

    select
        districts.district_id,
        steps.step,
        bands.age_band_id,
        if(ledgers.district_id is null, null, coalesce(counted.open_count, 0)) as open_count,
        if(ledgers.district_id is null, null, coalesce(counted.no_first_action_count, 0))
            as no_first_action_count,
        if(ledgers.district_id is null, null, coalesce(counted.overdue_count, 0)) as overdue_count
    from {{ ref("int_district_month") }} as districts
    cross join steps
    cross join {{ ref("alteration_age_bands") }} as bands
    left join ledgers on districts.district_id = ledgers.district_id
    left join counted
        on
            districts.district_id = counted.district_id
            and steps.step = counted.step
            and bands.age_band_id = counted.age_band_id
    where districts.level = 'district'

),

with_city as (

    select * from figures
    union all
    select
        'city' as district_id,
        step,
        age_band_id,
        sum(open_count) as open_count,
        sum(no_first_action_count) as no_first_action_count,
        sum(overdue_count) as overdue_count
    from figures
    group by step, age_band_id

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    with_city.step,
    with_city.age_band_id,
    bands.chinese_name as age_band_name,
    bands.sort_order as age_band_order,
    cast(with_city.open_count as bigint) as open_count,
    cast(with_city.no_first_action_count as bigint) as no_first_action_count,
    cast(with_city.overdue_count as bigint) as overdue_count,
    {{ is_total("districts.district_id") }} as is_total
from with_city
inner join {{ ref("int_district_month") }} as districts
    on with_city.district_id = districts.district_id
inner join {{ ref("alteration_age_bands") }} as bands
    on with_city.age_band_id = bands.age_band_id
order by districts.sort_order, with_city.step, bands.sort_order
