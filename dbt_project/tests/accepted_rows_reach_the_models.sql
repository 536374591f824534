-- A figure counts the rows that judgement accepted, all of them and no others: a view over the
-- wrong files would give plausible numbers.
{%- set kinds = {
    "monthly_report": ref("stg_monthly_report"),
    "building_survey": ref("stg_building_survey"),
    "building_changes": ref("stg_building_changes"),
    "alteration_cases": ref("stg_alteration_cases"),
    "danger_cases": ref("stg_danger_cases"),
    "quality_inspection": ref("stg_quality_inspection"),
} %}

with

staged as (

    {% for kind, relation in kinds.items() %}
    select
        month,
        district_id,
        '{{ kind }}' as kind,
        count(*) as row_count
    from {{ relation }}
    where {{ in_run_month() }}
    group by month, district_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

accepted as (

    select
        month,
        district_id,
        kind,
        accepted_count
    from {{ ref("rpt_delivery") }}
    where
        {{ in_run_month() }}
        and kind in (
            '{{ kinds | join("', '") }}'
        )

)

select
    coalesce(accepted.district_id, staged.district_id) as district_id,
    coalesce(accepted.kind, staged.kind) as kind,
    accepted.accepted_count,
    staged.row_count
from accepted
full outer join staged
    on
        accepted.month = staged.month
        and accepted.district_id = staged.district_id
        and accepted.kind = staged.kind
where coalesce(accepted.accepted_count, 0) != coalesce(staged.row_count, 0)
