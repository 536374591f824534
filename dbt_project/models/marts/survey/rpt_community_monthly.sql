{%- set measures = {
    "surveyed_building_count": "bigint",
    "surveyed_floor_area_m2": "decimal(18, 2)",
    "to_be_surveyed_building_count": "bigint",
    "hazard_count": "bigint",
    "major_hazard_count": "bigint",
    "open_hazard_count": "bigint",
} -%}

with

towns as (

    select * from {{ source("run", "town_spelling") }}

),

communities as (

    select * from {{ source("run", "community_spelling") }}

),

counted as (

    select
        places.district_id,
        coalesce(towns.series_code, 'unmatched') as town_series_code,
        towns.names as town_name,
        coalesce(communities.series_code, 'unmatched') as community_series_code,
        {% for measure in measures %}
        sum(places.{{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref("int_survey_measures_by_place") }} as places
    left join towns
        on places.district_id = towns.district_id and places.town_name = towns.spelling
    left join communities
        on
            towns.series_code = communities.town_series_code
            and places.community_name = communities.spelling
    group by all

),

official as (

    select distinct
        towns.district_id,
        communities.town_series_code,
        towns.names as town_name,
        communities.series_code as community_series_code,
        communities.codes as community_code,
        communities.names as community_name
    from communities
    inner join towns on communities.town_series_code = towns.series_code
    where
        towns.district_id in (select counted.district_id from counted)
        -- a place that appears only in the next list gets a row if a ledger already names it
        and (
            communities.is_listed
            or communities.series_code in (select counted.community_series_code from counted)
        )

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    coalesce(official.town_series_code, counted.town_series_code) as town_series_code,
    coalesce(official.town_name, counted.town_name, '未列入官方名录') as town_name,
    coalesce(official.community_series_code, counted.community_series_code)
        as community_series_code,
    official.community_code,
    coalesce(official.community_name, '未列入官方名录') as community_name,
    official.community_series_code is null as is_unmatched,
    {% for measure, data_type in measures.items() %}
    cast(coalesce(counted.{{ measure }}, 0) as {{ data_type }}) as {{ measure }}
    {%- if not loop.last %},{% endif %}
    {% endfor %}
from official
full outer join counted
    on
        official.district_id = counted.district_id
        and official.town_series_code = counted.town_series_code
        and official.community_series_code = counted.community_series_code
inner join {{ ref("int_district_month") }} as districts
    on coalesce(official.district_id, counted.district_id) = districts.district_id
order by districts.sort_order, town_series_code, is_unmatched, community_series_code
