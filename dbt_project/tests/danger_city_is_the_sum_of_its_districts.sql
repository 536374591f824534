-- Readers add up the printed rows: districts give the city, and grades give all grades.
{%- set measures = [
    "opening_count",
    "closing_count",
    "ever_found_count",
    "ever_eliminated_count",
    "overdue_count",
    "regraded_in_count",
    "ledger_graded_count",
] %}

with

figures as (

    select * from {{ ref("rpt_danger_closure_monthly") }}
    where {{ in_run_month() }}

)

select 'districts of grade ' || grade_code as parts
from figures
group by grade_code
having
{% for measure in measures %}
    sum({{ measure }}) filter (where district_id != 'city')
    is distinct from max({{ measure }}) filter (where district_id = 'city')
    {% if not loop.last %}or{% endif %}
{% endfor %}
union all
select 'grades of ' || district_id as parts
from figures
group by district_id
having
{% for measure in measures %}
    sum({{ measure }}) filter (where grade_code != 'all')
    is distinct from max({{ measure }}) filter (where grade_code = 'all')
    {% if not loop.last %}or{% endif %}
{% endfor %}
