-- An analyst who cites a vintage must find the figure that the current table showed.
select * from {{ ref("rpt_district_monthly") }}
where {{ in_run_month() }}
except
select * from {{ ref("rpt_district_monthly_vintage") }}
