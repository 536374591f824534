"""Putting a month's bulletin and quality report in place: the numbered and the current copy.

The editors' texts of the month are archived like a delivery before they are printed.

Add a format here once it is rendered from the bulletin model. Which vintage a month stands at
is decided before, in the marts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.months import Month
from orchestration.publication.bulletin import load_bulletin
from orchestration.publication.document import render_document
from orchestration.publication.editorial import Editorial, EditorialError, load_editorial
from orchestration.publication.newsletter import Newsletter
from orchestration.publication.page import render_page
from orchestration.publication.quality_report import load_quality_report
from orchestration.publication.quality_report_page import render_quality_page
from orchestration.publication.typesetting import NoChineseFontError, render_pdf
from orchestration.publication.workbook import render_workbook
from orchestration.settings import Settings
from orchestration.store.archive import store_version
from orchestration.store.files import replacing

PDF = "bulletin.pdf"


@dataclass(frozen=True)
class Issued:
    """What was written, numbered copies first, and what a person should know of it.

    ``problems`` are what is wrong with the texts, a sentence each; ``without_pdf`` says why
    there is no pdf, if there is none.
    """

    paths: tuple[Path, ...]
    problems: tuple[str, ...]
    without_pdf: str | None


def load_newsletter(settings: Settings, month: Month, *, is_simulated: bool = False) -> Newsletter:
    """Return a month's figures and texts; raises as ``load_bulletin`` does."""
    bulletin = load_bulletin(settings.statistics, month, is_simulated=is_simulated)
    try:
        return Newsletter(bulletin, load_editorial(settings.editorial(str(month))))
    except EditorialError as error:
        return Newsletter(bulletin, Editorial(), unreadable=str(error))


def write_bulletin(
    settings: Settings, month: Month, released_at: datetime, *, is_simulated: bool = False
) -> Issued:
    """Write ``published/<month>/v<N>/`` and the current copies beside ``v<N>``.

    Reads the published DuckDB and the editors' texts. Everything is rendered before anything is
    written, so that a failing format leaves all files as they were; a pdf that this machine
    cannot set is removed rather than left behind from another time. Raises as
    ``load_newsletter`` does.
    """
    texts = settings.editorial(str(month))
    if texts.is_file():
        store_version(settings.archive, texts)
    newsletter = load_newsletter(settings, month, is_simulated=is_simulated)
    bulletin = newsletter.bulletin
    report = load_quality_report(settings.statistics, bulletin)
    contents = {
        "bulletin.xlsx": render_workbook(bulletin, released_at),
        "bulletin.docx": render_document(newsletter, released_at),
        "bulletin.html": render_page(bulletin, released_at).encode(),
        "quality.html": render_quality_page(report, released_at).encode(),
    }
    without_pdf = None
    try:
        contents[PDF] = render_pdf(newsletter, released_at)
    except NoChineseFontError as error:
        without_pdf = str(error)
    current = settings.published / str(month)
    written = []
    for folder in (current / f"v{bulletin.vintage}", current):
        if without_pdf:
            (folder / PDF).unlink(missing_ok=True)
        for name, content in contents.items():
            with replacing(folder / name) as temporary:
                temporary.write_bytes(content)
            written.append(folder / name)
    return Issued(tuple(written), newsletter.problems, without_pdf)
