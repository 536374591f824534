"""Every xlsx of a folder, read with this project's reader and with openpyxl, cell by cell.

``FANGAN_FOREIGN_XLSX=folder pytest -m slow tests/ingest/test_foreign_workbooks.py -s``: try it
with the test data of Apache POI, ClosedXML or SheetJS. Files that one of both refuses are listed.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest
from ingest.reading_both import differences

from orchestration.ingest.reading import Refusal

FOLDER = os.environ.get("FANGAN_FOREIGN_XLSX", "")


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER, reason="FANGAN_FOREIGN_XLSX names no folder")
@pytest.mark.filterwarnings("ignore")
def test_foreign_workbooks_are_read_as_openpyxl_reads_them() -> None:
    found: dict[str, list[str]] = {}
    for path in sorted(Path(FOLDER).rglob("*.xls[xm]")):
        try:
            with warnings.catch_warnings(action="ignore"):
                unlike = differences(path)
        except Refusal as refusal:
            print(f"we refuse {path.name}: {refusal.problems[0].message}")
        except Exception as error:
            # whatever openpyxl raises for a file that it does not read
            if _is_ours(error):
                raise
            print(f"openpyxl refuses {path.name}: {error!r:.100}")
        else:
            if unlike:
                found[path.name] = unlike[:5]
    assert not found, "\n".join(f"{name}: {cells}" for name, cells in found.items())


def _is_ours(error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None:
        if "/orchestration/" in trace.tb_frame.f_code.co_filename:
            return True
        trace = trace.tb_next
    return False
