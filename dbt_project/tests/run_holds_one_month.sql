-- Every monthly mart deletes what run.month names: two months there would empty the second, and a
-- day within a month would delete nothing and double the rows.
select
    count(*) as month_count,
    min(month) as first_month
from {{ source("run", "month") }}
having count(*) != 1 or min(month) != date_trunc('month', min(month))
