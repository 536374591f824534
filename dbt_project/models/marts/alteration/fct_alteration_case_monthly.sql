with

run_month as (

    select
        month,
        cast(month + interval 1 month as date) as next_month
    from {{ source("run", "month") }}

),

present_cases as (

    select * from {{ ref("stg_alteration_cases") }}
    where {{ in_run_month() }}

),

opening as (

    select
        earlier.district_id,
        earlier.case_id,
        earlier.town_name,
        earlier.building_id,
        earlier.address,
        earlier.source_channel,
        earlier.received_on,
        earlier.alteration_type_name,
        earlier.verified_on,
        earlier.verification_result
    from {{ ref("stg_alteration_cases") }} as earlier
    cross join run_month
    inner join {{ ref("int_alteration_opening_basis") }} as basis
        on earlier.district_id = basis.district_id
    where earlier.month < run_month.month and {{ in_backlog("earlier", "run_month.month") }}

),

-- A case left open last month and not listed this month keeps its row, so that it is not lost.
cases as (

    select
        run_month.month,
        run_month.next_month,
        basis.opening_basis,
        present.district_id,
        present.case_id,
        present.town_name,
        present.building_id,
        present.address,
        present.source_channel,
        present.received_on,
        present.alteration_type_name,
        present.verified_on,
        present.verification_result,
        present.ordered_on,
        present.completed_on,
        present.resolution,
        present.withdrawn_on,
        present.reopened_on,
        true as is_listed,
        {{ in_backlog("present", "run_month.month") }} as is_opening_by_own_dates,
        if(
            basis.opening_basis = 'delivered',
            opening.case_id is not null,
            {{ in_backlog("present", "run_month.month") }}
        ) as is_opening
    from present_cases as present
    cross join run_month
    inner join {{ ref("int_alteration_opening_basis") }} as basis
        on present.district_id = basis.district_id
    left join opening
        on present.district_id = opening.district_id and present.case_id = opening.case_id
    union all
    select
        run_month.month,
        run_month.next_month,
        'delivered' as opening_basis,
        opening.*,
        cast(null as date) as ordered_on,
        cast(null as date) as completed_on,
        cast(null as string) as resolution,
        cast(null as date) as withdrawn_on,
        cast(null as date) as reopened_on,
        false as is_listed,
        false as is_opening_by_own_dates,
        true as is_opening
    from opening
    cross join run_month
    left join present_cases as present
        on opening.district_id = present.district_id and opening.case_id = present.case_id
    where present.case_id is null

),

moved as (

    select
        cases.*,
        cases.is_listed
        and coalesce(date_trunc('month', cases.received_on) = cases.month, false) as is_received,
        cases.is_listed
        and coalesce(
            cases.verification_result = '属实'
            and date_trunc('month', cases.verified_on) = cases.month,
            false
        ) as is_verified,
        coalesce(date_trunc('month', cases.completed_on) = cases.month, false) as is_completed,
        coalesce(
            cases.verification_result = '属实'
            and cases.verified_on <= cases.withdrawn_on
            and date_trunc('month', cases.withdrawn_on) = cases.month,
            false
        ) as is_withdrawn,
        {{ reopened_count("cases", "cases.is_opening", "cases.month") }} as reopened_count,
        cases.is_listed and {{ in_backlog("cases", "cases.next_month") }} as is_closing,
        cases.is_listed
        and coalesce(
            cases.verification_result in ('不属实', '重复受理')
            and not coalesce(
                cases.reopened_on >= cases.verified_on
                and cases.reopened_on < cases.next_month,
                false
            ),
            false
        ) as is_dismissed,
        {{ is_ended("cases", "cases.next_month") }} as is_ended
    from cases

),

balanced as (

    select
        *,
        cast(is_closing as bigint) - cast(is_opening as bigint) - cast(is_verified as bigint)
        - reopened_count + cast(is_completed as bigint) + cast(is_withdrawn as bigint)
            as adjustment_count
    from moved

),

named as (

    select
        balanced.*,
        districts.district_name
    from balanced
    left join {{ ref("int_district_month") }} as districts
        on balanced.district_id = districts.district_id

)

select
    month,
    district_id,
    district_name,
    case_id,
    town_name,
    building_id,
    -- The building if known, else a hash of the address without spaces: enough to recognise it.
    coalesce(
        building_id, md5({{ without_spaces("lower(address)") }})
    ) as place_key,
    source_channel,
    alteration_type_name,
    received_on,
    verified_on,
    verification_result,
    ordered_on,
    completed_on,
    resolution,
    withdrawn_on,
    reopened_on,
    opening_basis,
    is_listed,
    is_opening,
    is_received,
    is_verified,
    is_completed,
    is_withdrawn,
    reopened_count,
    is_closing,
    is_listed
    and not is_dismissed
    and not is_ended
    and coalesce(verification_result != '属实', true) as is_awaiting_verification,
    adjustment_count,
    case
        when adjustment_count = 0 then null
        when not is_listed then 'not_listed'
        when is_opening and not is_opening_by_own_dates then 'opening_denied'
        when is_opening_by_own_dates and not is_opening then 'opening_unknown'
        else 'unbalanced'
    end as adjustment_reason
from named
order by district_id, case_id
