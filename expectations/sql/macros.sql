-- What several queries ask of a case, said once. Run on the connection before any rule.

-- Whether p_closed_on closed a case before p_day and no reopening undid it before p_day.
create or replace macro closed_before(p_closed_on, p_reopened_on, p_day) as coalesce(
    try_cast(p_closed_on as date) < p_day
    and not coalesce(
        try_cast(p_reopened_on as date) >= try_cast(p_closed_on as date)
        and try_cast(p_reopened_on as date) < p_day,
        false
    ),
    false
);

-- Whether a case stood in the verified backlog when p_day began: verified 属实 before that day,
-- and no closing before it that a reopening had not undone.
create or replace macro in_backlog(
    p_result, p_verified_on, p_completed_on, p_withdrawn_on, p_reopened_on, p_day
) as coalesce(p_result = '属实', false)
and coalesce(try_cast(p_verified_on as date) < p_day, false)
and not closed_before(p_completed_on, p_reopened_on, p_day)
and not closed_before(p_withdrawn_on, p_reopened_on, p_day);

-- Whether a date written as text falls into the month that begins with p_month.
create or replace macro in_month(p_on, p_month) as coalesce(
    date_trunc('month', try_cast(p_on as date)) = p_month, false
);
