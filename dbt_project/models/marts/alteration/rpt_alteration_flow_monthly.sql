{%- set counts = [
    "opening_count",
    "received_count",
    "verified_count",
    "reopened_count",
    "completed_count",
    "withdrawn_count",
    "adjustment_count",
    "closing_count",
    "earlier_completed_count",
] %}

with

districts as (

    select * from {{ ref("int_district_month") }}

),

basis as (

    select
        measures.district_id,
        measures.case_basis,
        opening.opening_basis
    from {{ ref("int_measures_by_basis") }} as measures
    left join {{ ref("int_alteration_opening_basis") }} as opening
        on measures.district_id = opening.district_id

),

counted as (

    select
        district_id,
        {{ alteration_flow_counts() }}
    from {{ ref("fct_alteration_case_monthly") }}
    where {{ in_run_month() }}
    group by district_id

),

-- An accepted ledger without cases counts as zero; a district without a ledger has no flow.
figures as (

    select
        basis.district_id,
        basis.case_basis,
        basis.opening_basis,
        basis.case_basis != 'ledger' as is_partial,
        {% for count in counts %}
        if(basis.case_basis = 'ledger', coalesce(counted.{{ count }}, 0), null) as {{ count }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from basis
    left join counted on basis.district_id = counted.district_id

),

with_city as (

    select * from figures
    union all
    select
        'city' as district_id,
        {{ common_basis("case_basis") }} as case_basis,
        case count(distinct opening_basis) when 1 then max(opening_basis) when 2 then 'mixed' end
            as opening_basis,
        bool_or(is_partial) as is_partial,
        {% for count in counts %}
        sum({{ count }}) as {{ count }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from figures

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    {% for count in counts %}
    cast(with_city.{{ count }} as bigint) as {{ count }},
    {% endfor %}
    with_city.case_basis,
    with_city.opening_basis,
    with_city.is_partial,
    {{ is_total("districts.district_id") }} as is_total
from districts
inner join with_city on districts.district_id = with_city.district_id
order by districts.sort_order
