with

-- A reopened case is completed again: its days count from the reopening.
durations as (

    select
        district_id,
        'verification' as step,
        received_on as started_on,
        verified_on as finished_on
    from {{ ref("fct_alteration_case_monthly") }}
    where {{ in_run_month() }} and is_verified
    union all
    select
        district_id,
        'completion' as step,
        {{ waiting_since("cases", "cases.completed_on") }} as started_on,
        completed_on as finished_on
    from {{ ref("fct_alteration_case_monthly") }} as cases
    where
        {{ in_run_month() }}
        and is_completed
        and verification_result = '属实'

),

-- Negative days come from a wrong date, which a rule reports: they are not a duration.
measured as (

    select
        durations.district_id,
        durations.step,
        deadlines.deadline_day_count,
        {{ days_between("durations.started_on", "durations.finished_on") }} as day_count
    from durations
    left join {{ ref("alteration_deadlines") }} as deadlines
        on
            durations.step = deadlines.step
            and durations.started_on >= deadlines.valid_from
            and durations.started_on <= coalesce(deadlines.valid_to, durations.started_on)
    where durations.finished_on >= durations.started_on

),

placed as (

    select * from measured
    union all
    select
        'city' as district_id,
        step,
        deadline_day_count,
        day_count
    from measured

),

counted as (

    select
        district_id,
        step,
        count(*) as finished_count,
        {{ quantile("day_count", 0.5) }} as duration_days_median,
        {{ quantile("day_count", 0.9) }} as duration_days_p90,
        count(*) filter (where deadline_day_count is not null) as with_deadline_count,
        count(*) filter (where day_count <= deadline_day_count) as in_time_count
    from placed
    group by district_id, step

),

has_ledger as (

    select district_id from {{ ref("int_alteration_opening_basis") }}
    union all
    select distinct 'city' as district_id
    from {{ ref("int_alteration_opening_basis") }}

),

steps as (

    select distinct step from {{ ref("alteration_deadlines") }}

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    steps.step,
    if(has_ledger.district_id is null, null, coalesce(counted.finished_count, 0))
        as finished_count,
    -- days are whole, so one decimal place is exact
    cast(counted.duration_days_median as decimal(9, 1)) as duration_days_median,
    cast(counted.duration_days_p90 as decimal(9, 1)) as duration_days_p90,
    if(has_ledger.district_id is null, null, coalesce(counted.with_deadline_count, 0))
        as with_deadline_count,
    if(has_ledger.district_id is null, null, coalesce(counted.in_time_count, 0)) as in_time_count,
    {{ share_of("counted.in_time_count", "counted.with_deadline_count") }} as in_time_share,
    {{ is_total("districts.district_id") }} as is_total
from {{ ref("int_district_month") }} as districts
cross join steps
left join has_ledger on districts.district_id = has_ledger.district_id
left join counted
    on districts.district_id = counted.district_id and steps.step = counted.step
order by districts.sort_order, steps.step
