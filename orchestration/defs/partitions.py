"""The one partitioning of everything: a calendar month on Suzhou's clock.

https://docs.dagster.io/guides/build/partitions-and-backfills
"""

import warnings

from dagster import BackfillPolicy, MonthlyPartitionsDefinition, PreviewWarning

from orchestration.reference.months import FIRST_MONTH, TIMEZONE

# Partitioned asset checks are a preview in 1.13; without them a check shows another month.
warnings.filterwarnings("ignore", category=PreviewWarning, message=r".*partitions_def.*")

MONTHS = MonthlyPartitionsDefinition(
    start_date=FIRST_MONTH, fmt="%Y-%m", timezone=TIMEZONE, end_offset=1
)
#: One run a month everywhere: Dagster wants one policy on all assets of a job.
MONTH_BY_MONTH = BackfillPolicy.multi_run(max_partitions_per_run=1)
#: The pool that keeps runs from writing the working DuckDB at the same time.
WAREHOUSE_POOL = "warehouse"
OWNERS = ["team:data-engineering"]
