{#-
    Fields by which a building is compared between months, with their staging columns. Owner and
    surveyor are personal data and are never compared.
-#}
{% macro compared_building_fields() -%}
    {{ return({
        "town": "town_name",
        "community": "community_name",
        "address": "address",
        "building_name": "building_name",
        "building_category": "building_category",
        "structure_type": "structure_type",
        "structure_note": "structure_note",
        "floors_above": "floors_above_count",
        "floors_below": "floors_below_count",
        "height_m": "height_m",
        "floor_area_m2": "floor_area_m2",
        "built_year": "built_year",
        "use": "building_use",
        "survey_status": "survey_status",
        "no_survey_reason": "no_survey_reason",
        "surveyed_on": "surveyed_on",
        "is_altered": "is_altered",
        "altered_on": "altered_on",
        "visible_defect": "is_visibly_defective",
        "initial_risk": "initial_risk",
        "hazard_due_on": "hazard_due_on",
        "hazard_resolved_on": "hazard_resolved_on",
        "appraisal_grade": "appraisal_grade",
        "appraised_on": "appraised_on",
        "remark": "remark",
    }) }}
{%- endmacro %}

{#-
    Columns of a building ledger with the types and names of staging. Equal values of content_hash
    mean that nothing was written differently.
-#}
{% macro building_survey_columns() -%}
month,
district_id,
delivery_id,
file_name,
sheet,
row_number,
building_id,
town as town_name,
community as community_name,
address,
building_name,
building_category,
structure_type,
structure_note,
try_cast(floors_above as bigint) as floors_above_count,
try_cast(floors_below as bigint) as floors_below_count,
try_cast(height_m as decimal(14, 2)) as height_m,
{{ strictly("floor_area_m2", "decimal(18, 6)") }} as floor_area_m2,
try_cast(built_year as bigint) as built_year,
use as building_use,
survey_status,
no_survey_reason,
{{ strictly("surveyed_on", "date") }} as surveyed_on,
case is_altered when '是' then true when '否' then false end as is_altered,
{{ strictly("altered_on", "date") }} as altered_on,
case visible_defect when '有' then true when '无' then false end as is_visibly_defective,
initial_risk,
{{ strictly("hazard_due_on", "date") }} as hazard_due_on,
{{ strictly("hazard_resolved_on", "date") }} as hazard_resolved_on,
appraisal_grade,
{{ strictly("appraised_on", "date") }} as appraised_on,
remark,
try_cast(as_at as date) as as_at,
{{ fingerprint_of(compared_building_fields() | list) }} as content_hash
{%- endmacro %}
