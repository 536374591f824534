{%- set survey_measures = [
    "surveyed_building_count",
    "surveyed_floor_area_m2",
    "to_be_surveyed_building_count",
    "hazard_count",
    "major_hazard_count",
    "open_hazard_count",
] -%}
{%- set case_measures = [
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
] -%}

with

spellings as (

    select * from {{ source("run", "town_spelling") }}

),

-- Whatever matches no official town goes into one row of its district, so that nothing is lost.
survey as (

    select
        places.district_id,
        coalesce(spellings.series_code, 'unmatched') as town_series_code,
        {% for measure in survey_measures %}
        sum(places.{{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref("int_survey_measures_by_place") }} as places
    left join spellings
        on places.district_id = spellings.district_id and places.town_name = spellings.spelling
    group by places.district_id, coalesce(spellings.series_code, 'unmatched')

),

cases as (

    select
        places.district_id,
        coalesce(spellings.series_code, 'unmatched') as town_series_code,
        {% for measure in case_measures %}
        sum(places.{{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref("int_case_measures_by_town") }} as places
    left join spellings
        on places.district_id = spellings.district_id and places.town_name = spellings.spelling
    group by places.district_id, coalesce(spellings.series_code, 'unmatched')

),

reported as (

    select
        report.district_id,
        coalesce(spellings.series_code, 'unmatched') as town_series_code,
        sum(report.surveyed_building_count) as surveyed_building_count,
        cast(sum(report.surveyed_floor_area_10k_m2) as decimal(24, 6)) * 10000
            as surveyed_floor_area_m2,
        {% for measure in case_measures %}
        sum(report.{{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref("stg_monthly_report") }} as report
    left join spellings
        on report.district_id = spellings.district_id and report.town_name = spellings.spelling
    group by report.district_id, coalesce(spellings.series_code, 'unmatched')

),

unmatched as (

    {% for counted in ("survey", "cases", "reported") %}
    select
        district_id,
        town_series_code
    from {{ counted }}
    where town_series_code = 'unmatched'
    {% if not loop.last %}union{% endif %}
    {% endfor %}

),

towns as (

    select distinct
        district_id,
        series_code as town_series_code,
        codes as town_code,
        names as town_name
    from spellings
    -- a place that appears only in the next list gets a row if a delivery already names it
    where
        is_listed
        or series_code in (
            select survey.town_series_code from survey
            union all
            select cases.town_series_code from cases
            union all
            select reported.town_series_code from reported
        )
    union
    select
        district_id,
        town_series_code,
        null as town_code,
        '未列入官方名录' as town_name
    from unmatched

)

select
    districts.month,
    towns.district_id,
    districts.district_code,
    districts.district_name,
    towns.town_series_code,
    towns.town_code,
    towns.town_name,
    towns.town_series_code = 'unmatched' as is_unmatched,
    {% for measure in survey_measures %}
    cast(
        case bases.survey_basis
            when 'ledger' then coalesce(survey.{{ measure }}, 0)
            {% if loop.index <= 2 %}when 'reported' then reported.{{ measure }}{% endif %}
        end as {{ "decimal(18, 2)" if measure.endswith("_m2") else "bigint" }}
    ) as {{ measure }},
    {% endfor %}
    {% for measure in case_measures %}
    cast(
        case bases.case_basis
            when 'ledger' then coalesce(cases.{{ measure }}, 0)
            when 'reported' then reported.{{ measure }}
        end as bigint
    ) as {{ measure }},
    {% endfor %}
    bases.survey_basis,
    bases.case_basis
from towns
inner join {{ ref("int_district_month") }} as districts
    on towns.district_id = districts.district_id
inner join {{ ref("int_measures_by_basis") }} as bases
    on towns.district_id = bases.district_id
left join survey
    on
        towns.district_id = survey.district_id
        and towns.town_series_code = survey.town_series_code
left join cases
    on
        towns.district_id = cases.district_id
        and towns.town_series_code = cases.town_series_code
left join reported
    on
        towns.district_id = reported.district_id
        and towns.town_series_code = reported.town_series_code
order by districts.sort_order, is_unmatched, towns.town_series_code
