-- A town that is left out because its name changed would make a series fall for no reason: the
-- towns of a district, what names none among them, are its figures; the communities their town's.
{%- set measures = [
    "surveyed_building_count",
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
] %}

with

towns as (

    select
        district_id,
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }}
        {%- if not loop.last %},{% endif %}
        {% endfor %},
        sum(surveyed_floor_area_m2) as surveyed_floor_area_m2,
        count(*) as town_count
    from {{ ref("rpt_town_monthly") }}
    where {{ in_run_month() }}
    group by district_id

),

communities as (

    select
        district_id,
        town_series_code,
        sum(surveyed_building_count) as surveyed_building_count,
        sum(open_hazard_count) as open_hazard_count
    from {{ ref("rpt_community_monthly") }}
    where {{ in_run_month() }}
    group by district_id, town_series_code

)

select
    figures.district_id,
    'town' as place
from {{ ref("rpt_district_monthly") }} as figures
left join towns on figures.district_id = towns.district_id
where
    {{ in_run_month() }}
    and figures.district_id != 'city'
    and (
        {% for measure in measures %}
        towns.{{ measure }} is distinct from figures.{{ measure }}
        or
        {% endfor %}
        (towns.surveyed_floor_area_m2 is null) != (figures.surveyed_floor_area_m2 is null)
        -- each is rounded once from its own exact sum
        or abs(towns.surveyed_floor_area_m2 - figures.surveyed_floor_area_m2)
        > 0.005 * (towns.town_count + 1)
    )
union all
select
    towns.district_id,
    'community' as place
from {{ ref("rpt_town_monthly") }} as towns
left join communities
    on
        towns.district_id = communities.district_id
        and towns.town_series_code = communities.town_series_code
where
    {{ in_run_month() }}
    and towns.survey_basis = 'ledger'
    and (
        towns.surveyed_building_count
        is distinct from coalesce(communities.surveyed_building_count, 0)
        or towns.open_hazard_count is distinct from coalesce(communities.open_hazard_count, 0)
    )
