{#-
    Which cases are in the verified backlog (属实、未办结) and what moves them, for typed case rows.
    expectations/sql/macros.sql says the same for text; a test keeps the two equal.

    A row has one date per event. After 办结、重新立案、再办结 it holds only the last end: an end after the
    reopening hides the end that the reopening undid.

    Events of one day happened in this order: received, verified, ended, reopened. So a case reopened
    on the day it ended is open again. Flow, durations and open cases all use this order.
-#}

{#- Condition: `closed_on` closed the case before `day` and no reopening before it undid that. -#}
{% macro closed_before(case, closed_on, day) -%}
    coalesce(
        {{ case }}.{{ closed_on }} < {{ day }}
        and not coalesce(
            {{ case }}.reopened_on >= {{ case }}.{{ closed_on }}
            and {{ case }}.reopened_on < {{ day }},
            false
        ),
        false
    )
{%- endmacro %}

{#- Condition: the case was completed or withdrawn before `day`, and not reopened before it. -#}
{% macro is_ended(case, day) -%}
    ({{ closed_before(case, "completed_on", day) }}
    or {{ closed_before(case, "withdrawn_on", day) }})
{%- endmacro %}

{#- Condition: the end that the reopening undid is not in the row; a later one stands there. -#}
{% macro is_end_hidden(case) -%}
    coalesce(
        least({{ case }}.completed_on, {{ case }}.withdrawn_on) > {{ case }}.reopened_on, false
    )
{%- endmacro %}

{#- Condition: the case stood in the verified backlog when `day` began. -#}
{% macro in_backlog(case, day) -%}
    (
        coalesce({{ case }}.verification_result = '属实', false)
        and coalesce({{ case }}.verified_on < {{ day }}, false)
        and not {{ is_ended(case, day) }}
        and not ({{ is_end_hidden(case) }} and {{ case }}.reopened_on >= {{ day }})
    )
{%- endmacro %}

{#-
    How often the case came back into the backlog in the month: once for an end of the month that
    stands in the row and was undone, once if it was verified before the month, was not in the
    backlog when it began (`is_opening`) and has its day of reopening in it.
-#}
{% macro reopened_count(case, is_opening, month) -%}
    cast(
        if(
            coalesce(
                {{ case }}.verification_result = '属实'
                and date_trunc('month', {{ case }}.reopened_on) = {{ month }},
                false
            ),
            cast(
                coalesce(
                    greatest({{ month }}, {{ case }}.verified_on)
                    <= greatest(
                        if(
                            {{ case }}.completed_on <= {{ case }}.reopened_on,
                            {{ case }}.completed_on, null
                        ),
                        if(
                            {{ case }}.withdrawn_on <= {{ case }}.reopened_on,
                            {{ case }}.withdrawn_on, null
                        )
                    ),
                    false
                ) as integer
            )
            + cast(
                not {{ is_opening }} and coalesce({{ case }}.verified_on < {{ month }}, false)
                as integer
            ),
            0
        ) as bigint
    )
{%- endmacro %}

{#-
    The day from which a verified case waits to be completed, as it stood when `day` began, or, with
    its end for `day`, as it was ended: its last reopening before, else its verification. A
    reopening on the day of the end came after it.
-#}
{% macro waiting_since(case, day) -%}
    if(
        {{ case }}.reopened_on > {{ case }}.verified_on and {{ case }}.reopened_on < {{ day }},
        {{ case }}.reopened_on,
        {{ case }}.verified_on
    )
{%- endmacro %}
