"""What is counted is what a careful person sees: the promise of reading and judging, as a property.

Whatever way a report is written, its figures are those that were put in, or none are counted and
a finding says why. A report that nobody would doubt is counted.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from invariant.reports import Report, reports, write

from orchestration.console.check import check_files
from orchestration.settings import load_settings

#: Files that are checked in one go, since starting readers and rules takes a second.
TOGETHER = 6


@settings(deadline=None, max_examples=12)
@given(st.lists(reports(), min_size=1, max_size=TOGETHER))
def test_a_figure_is_counted_only_if_a_person_would_count_the_same(drawn: list[Report]) -> None:
    with TemporaryDirectory() as folder:
        paths = [write(r, Path(folder) / f"{n}.xlsx") for n, r in enumerate(drawn)]
        records = check_files(load_settings(), paths, "monthly_report", "2022-10", "gusu")
    for report, record in zip(drawn, records, strict=True):
        counted = {name: Decimal(str(value)) for name, value in record["figures"].items()}
        if report.is_clear:
            assert counted == report.truth, record["findings"]
            assert record["as_at"] == "2022-10-31"
        elif counted != report.truth:
            # a slip that a person might have meant is counted and asked about, all else is not
            assert counted == {} or report.slip is not None
            assert record["failed_rules"]
