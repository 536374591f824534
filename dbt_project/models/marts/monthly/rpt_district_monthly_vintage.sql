select *
from {{ ref("rpt_district_monthly") }}
where {{ in_run_month() }}
order by sort_order
