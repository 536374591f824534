"""Putting a month's bulletin and quality report in place: the numbered and the current copy.

Add a format here once it is rendered from the bulletin model. Which vintage a month stands at
is decided before, in the marts.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from orchestration.months import Month
from orchestration.publication.bulletin import load_bulletin
from orchestration.publication.page import render_page
from orchestration.publication.quality_report import load_quality_report
from orchestration.publication.quality_report_page import render_quality_page
from orchestration.publication.workbook import render_workbook
from orchestration.settings import Settings
from orchestration.store.files import replacing


def write_bulletin(
    settings: Settings, month: Month, released_at: datetime, *, is_simulated: bool = False
) -> list[Path]:
    """Write ``published/<month>/v<N>/`` and the current copies beside ``v<N>``.

    Reads the published DuckDB only. Everything is rendered before anything is written, so that
    a failing format leaves all files as they were. Returns the paths, numbered copies first;
    raises as ``load_bulletin`` does.
    """
    bulletin = load_bulletin(settings.statistics, month, is_simulated=is_simulated)
    report = load_quality_report(settings.statistics, bulletin)
    contents = {
        "bulletin.xlsx": render_workbook(bulletin, released_at),
        "bulletin.html": render_page(bulletin, released_at).encode(),
        "quality.html": render_quality_page(report, released_at).encode(),
    }
    current = settings.published / str(month)
    written = []
    for folder in (current / f"v{bulletin.vintage}", current):
        for name, content in contents.items():
            with replacing(folder / name) as temporary:
                temporary.write_bytes(content)
            written.append(folder / name)
    return written
