{#- What is counted of each case: by the grade it had a month ago, and by the grade it has. -#}
{%- set of_grade_before = {
    "opening_count": "is_open_before",
    "regraded_out_count": "is_open_before and is_regraded_now",
    "disappeared_count": "departure = '漏列'",
} -%}
{%- set of_grade = {
    "ever_found_count": "is_listed",
    "ever_appraised_count": "is_listed and is_ever_appraised",
    "ever_dangerous_count": "is_listed and is_ever_dangerous",
    "ever_treated_count": "is_listed and is_ever_treated",
    "ever_eliminated_count": "is_listed and is_ever_eliminated",
    "awaiting_appraisal_count": "is_listed and stage_name = '已发现待鉴定'",
    "awaiting_treatment_count": "is_listed and stage_name = '已鉴定待治理'",
    "in_treatment_count": "is_listed and stage_name = '治理中'",
    "not_dangerous_count": "is_listed and stage_name = '鉴定非危房待关闭'",
    "eliminated_count": "is_listed and stage_name = '已消险'",
    "closed_otherwise_count": "is_listed and stage_name = '其他关闭'",
    "regraded_worse_count": "is_listed and is_regraded_worse",
    "found_count": "entry = '本月发现'",
    "late_found_count": "entry = '补报'",
    "reopened_count": "entry = '重新打开'",
    "regraded_in_count": "is_open_before and is_regraded_now",
    "eliminated_in_month_count": "departure = '消险'",
    "closed_otherwise_in_month_count": "departure = '其他关闭'",
    "late_closed_count": "departure = '补报关闭'",
    "closing_count": "is_open",
    "due_count": "is_open and due_on is not null",
    "overdue_count": "is_overdue",
    "due_soon_count": "array_contains(warning_codes, 'due_soon')",
    "next_step_overdue_count": "array_contains(warning_codes, 'next_step_overdue')",
    "next_step_soon_count": "array_contains(warning_codes, 'next_step_soon')",
    "patrol_old_count": "array_contains(warning_codes, 'patrol_old')",
    "due_reached_count": "is_due_reached",
    "eliminated_in_time_count": "is_due_reached and ended_on <= due_on",
} -%}
{%- set of_ledger = ["ledger_graded_count", "ledger_without_case_count"] -%}
{%- set counts = (of_grade_before.keys() | list) + (of_grade.keys() | list) + of_ledger -%}

with

grades as (

    select
        grade_code,
        grade_name,
        grade_sort_order
    from (
        values
        ('A', 'A级', 1),
        ('B', 'B级', 2),
        ('C', 'C级', 3),
        ('D', 'D级', 4),
        ('none', '待鉴定', 5),
        ('all', '合计', 6)
    ) as listed (grade_code, grade_name, grade_sort_order)  -- noqa: AL05

),

cases as (

    select
        {{ all_but(["warning_codes"]) }},
        {{ parts_of("warning_codes", " ") }} as warning_codes,
        coalesce(last_grade, 'none') as grade_code,
        coalesce(grade_before, 'none') as grade_code_before,
        is_listed and coalesce(grade_code != grade_code_before, false) as is_regraded_now,
        is_listed
        and is_ever_dangerous
        and stage_name != '其他关闭'
        and due_on <= last_day(month) as is_due_reached
    from {{ ref("rpt_danger_case_monthly") }}
    where {{ in_run_month() }}

),

by_grade_before as (

    select
        district_id,
        {% for name, condition in of_grade_before.items() %}
        count(*) filter (where {{ condition }}) as {{ name }},
        {% endfor %}
        grade_code_before as grade_code
    from cases
    group by all

),

by_grade as (

    select
        district_id,
        {% for name, condition in of_grade.items() %}
        count(*) filter (where {{ condition }}) as {{ name }},
        {% endfor %}
        grade_code
    from cases
    group by all

),

registered as (

    select distinct
        district_id,
        building_id
    from {{ ref("stg_danger_cases") }}
    where {{ in_run_month() }}

),

-- Buildings graded C or D by the ledger, if both registers can be compared.
ledger as (

    select
        survey.district_id,
        survey.appraisal_grade as grade_code,
        count(*) as ledger_graded_count,
        count(*) filter (where registered.building_id is null) as ledger_without_case_count
    from {{ ref("stg_building_survey") }} as survey
    left join registered
        on
            survey.district_id = registered.district_id
            and survey.building_id = registered.building_id
    where survey.{{ in_run_month() }} and survey.appraisal_grade in ('C', 'D')
    group by survey.district_id, survey.appraisal_grade

),

ledger_delivered as (

    select district_id
    from {{ ref("int_accepted_deliveries") }}
    where kind = 'building_survey'

),

delivered as (

    select
        basis.district_id,
        basis.opening_basis,
        {% for name in (of_grade_before.keys() | list) + (of_grade.keys() | list) %}
        coalesce({{ name }}, 0) as {{ name }},
        {% endfor %}
        {% for name in of_ledger %}
        if(
            grades.grade_code in ('C', 'D') and ledger_delivered.district_id is not null,
            coalesce({{ name }}, 0),
            null
        ) as {{ name }},
        {% endfor %}
        grades.grade_code
    from {{ ref("int_danger_opening_basis") }} as basis
    cross join grades
    left join by_grade_before
        on
            basis.district_id = by_grade_before.district_id
            and grades.grade_code = by_grade_before.grade_code
    left join by_grade
        on
            basis.district_id = by_grade.district_id
            and grades.grade_code = by_grade.grade_code
    left join ledger
        on basis.district_id = ledger.district_id and grades.grade_code = ledger.grade_code
    left join ledger_delivered on basis.district_id = ledger_delivered.district_id
    where grades.grade_code != 'all'

),

summed as (

    select
        coalesce(district_id, 'city') as district_id,
        coalesce(grade_code, 'all') as grade_code,
        {% for name in counts %}
        cast(sum({{ name }}) as bigint) as {{ name }},
        {% endfor %}
        {{ common_basis("opening_basis") }} as opening_basis,
        count(distinct district_id) as delivered_district_count
    from delivered
    group by cube(district_id, grade_code)

)

select
    districts.month,
    districts.district_id,
    districts.district_code,
    districts.district_name,
    districts.sort_order,
    grades.grade_code,
    grades.grade_name,
    grades.grade_sort_order,
    {% for name in counts %}
    summed.{{ name }},
    {% endfor %}
    {{ share_of("summed.ever_appraised_count", "summed.ever_found_count") }}
        as appraised_share,
    {{ share_of("summed.ever_treated_count", "summed.ever_dangerous_count") }}
        as treated_share,
    {{ share_of("summed.ever_eliminated_count", "summed.ever_dangerous_count") }}
        as eliminated_share,
    {{ share_of("summed.overdue_count", "summed.due_count") }} as overdue_share,
    {{ share_of("summed.eliminated_in_time_count", "summed.due_reached_count") }}
        as eliminated_in_time_share,
    coalesce(summed.opening_basis, 'missing') as opening_basis,
    coalesce(summed.delivered_district_count, 0)
    < if(districts.level = 'city', count(if(districts.level = 'district', 1, null)) over (
        partition by grades.grade_code
    ), 1) as is_partial,
    {{ is_total("districts.district_id", "grades.grade_code") }} as is_total
from {{ ref("int_district_month") }} as districts
cross join grades
left join summed
    on districts.district_id = summed.district_id and grades.grade_code = summed.grade_code
order by districts.sort_order, grades.grade_sort_order
