"""Renders and places a month's bulletin, report and open data as numbered and current copies.

The editors' texts are archived like a delivery before they are printed. Add a format here once it
is rendered from the bulletin's model. The ledger decides beforehand which vintage is current; a
release's files are rendered once and kept with its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.masthead import MASTHEAD, STANDARD_MASTHEAD, Masthead, kept_masthead
from orchestration.publication.bulletin.model import load_bulletin
from orchestration.publication.database.released_rows import EDITORIAL
from orchestration.publication.database.row_files import (
    RowFiles,
    judged_rows,
    kept_rows,
    verified_rows,
)
from orchestration.publication.explain.figure_sources import load_sources
from orchestration.publication.explain.page import EXPLANATIONS, render_explanations
from orchestration.publication.issue.docx import render_document
from orchestration.publication.issue.html import render_page
from orchestration.publication.issue.pdf import NoChineseFontError, render_pdf
from orchestration.publication.issue.technical_note import DOCX as NOTE_DOCX
from orchestration.publication.issue.technical_note import HTML as NOTE_HTML
from orchestration.publication.issue.technical_note_files import (
    render_note_document,
    render_note_page,
)
from orchestration.publication.issue.xlsx import render_workbook
from orchestration.publication.newsletter.editorial import Editorial, EditorialError, load_editorial
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.publication.open_data.writing import FOLDER, render_open_data
from orchestration.publication.quality.model import load_quality_report
from orchestration.publication.quality.page import render_quality_page
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import store_version
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import (
    MANIFEST,
    RECEIPT,
    read_manifest,
    receipt_bytes,
    release_folder,
)
from orchestration.store.objects.shared import sharing
from orchestration.store.public_files import write_public
from orchestration.store.releases import Vintage

PDF = "bulletin.pdf"


@dataclass(frozen=True)
class Issued:
    """The written files, numbered copies first, and what a person should know about them.

    ``problems`` has one sentence for each fault of the texts; ``without_pdf`` says why there is no
    pdf, if there is none.
    """

    paths: tuple[Path, ...]
    problems: tuple[str, ...]
    without_pdf: str | None


@dataclass(frozen=True)
class Rendered:
    """The files of an issue by name, with the same messages as ``Issued``."""

    contents: dict[str, bytes]
    problems: tuple[str, ...]
    without_pdf: str | None


def load_newsletter(
    statistics: Path,
    texts: Path,
    month: Month,
    *,
    is_simulated: bool = False,
    masthead: Masthead = STANDARD_MASTHEAD,
) -> Newsletter:
    """Return a month's figures and the editors' texts; raises like ``load_bulletin``."""
    bulletin = load_bulletin(statistics, month, is_simulated=is_simulated)
    try:
        return Newsletter(bulletin, load_editorial(texts), masthead=masthead)
    except EditorialError as error:
        return Newsletter(bulletin, Editorial(), unreadable=str(error), masthead=masthead)


def render_issue(
    statistics: Path,
    texts: Path,
    month: Month,
    rows: RowFiles,
    released_at: datetime,
    *,
    is_simulated: bool = False,
    masthead: Masthead = STANDARD_MASTHEAD,
) -> Rendered:
    """Render all files of a month from a published DuckDB, texts and rows.

    ``rows`` are the delivered rows behind the figures. The same figures, texts, rows, masthead and
    time give the same bytes. Raises like ``load_newsletter``.
    """
    newsletter = load_newsletter(
        statistics, texts, month, is_simulated=is_simulated, masthead=masthead
    )
    bulletin = newsletter.bulletin
    report = load_quality_report(statistics, bulletin)
    sources = load_sources(bulletin, rows)
    contents = {
        "bulletin.xlsx": render_workbook(bulletin, released_at, masthead),
        "bulletin.docx": render_document(newsletter, released_at),
        NOTE_HTML: render_note_page(bulletin, released_at, masthead).encode(),
        NOTE_DOCX: render_note_document(bulletin, released_at, masthead),
        "quality.html": render_quality_page(report, released_at).encode(),
        EXPLANATIONS: render_explanations(bulletin, sources, released_at).encode(),
    }
    contents |= render_open_data(statistics, bulletin, released_at)
    without_pdf = None
    try:
        contents[PDF] = render_pdf(newsletter, released_at)
    except NoChineseFontError as error:
        without_pdf = str(error)
    # last, because it links to the others
    contents["bulletin.html"] = render_page(
        bulletin, released_at, tuple(contents), masthead
    ).encode()
    return Rendered(contents, newsletter.problems, without_pdf)


def keep_texts(settings: Settings, month: Month) -> Path:
    """Archive a month's editors' texts like a delivery; return their file, or None without any."""
    texts = settings.editorial(str(month))
    if texts.is_file():
        store_version(settings.archive, texts)
    return texts


def write_bulletin(
    settings: Settings, month: Month, released_at: datetime, *, is_simulated: bool = False
) -> Issued:
    """Write an open month's files to ``published/<month>/v0/``, with current copies beside it.

    It reads the published DuckDB and the editors' texts. Everything is rendered before anything is
    written, so that a failing format leaves all files unchanged. Raises like ``load_newsletter``.
    """
    texts = keep_texts(settings, month)
    rows = verified_rows(settings, judged_rows(Ledger(settings.ledger), month))
    issue = render_issue(
        *(settings.statistics, texts, month, rows, released_at),
        is_simulated=is_simulated,
        masthead=settings.masthead,
    )
    current = settings.published / str(month)
    paths = (
        *_write(settings, current / "v0", issue.contents),
        *_write(settings, current, issue.contents),
    )
    return Issued(paths, issue.problems, issue.without_pdf)


def place_issue(settings: Settings, vintage: Vintage) -> Issued:
    """Put a release's own files into ``published/<month>/v<N>/``, with current copies beside it.

    If it was withdrawn, the current copies are rendered again to say so; the numbered copies do not
    change. Raises StoredFileDamageError if a kept file is missing or changed.
    """
    kept = release_folder(settings, vintage.month, vintage.number)
    manifest = read_manifest(settings, vintage)
    released = {
        name: verified(kept / "outputs" / name, output["sha256"]).read_bytes()
        for name, output in manifest["outputs"].items()
    }
    issue = Rendered(released, (), None)
    if vintage.withdrawn_at:
        withdrawn_at = vintage.withdrawn_at.astimezone(SUZHOU)
        rows = verified_rows(settings, kept_rows(manifest))
        texts = kept / EDITORIAL
        for name, path in (("editorial", texts), ("masthead", kept / MASTHEAD)):
            # a release of an older program has no masthead
            if printed := manifest.get(name):
                verified(path, printed["sha256"])
        issue = render_issue(
            *(settings.statistics, texts, vintage.month, rows, withdrawn_at),
            masthead=kept_masthead(kept / MASTHEAD),
        )
    current = settings.published / str(vintage.month)
    numbered = released | {
        MANIFEST: (kept / MANIFEST).read_bytes(),
        RECEIPT: _receipt(settings, vintage),
    }
    paths = (
        *_write(settings, current / f"v{vintage.number}", numbered),
        *_write(settings, current, issue.contents),
    )
    return Issued(paths, issue.problems, issue.without_pdf)


def _receipt(settings: Settings, vintage: Vintage) -> bytes:
    """Return the release's kept receipt; create it if there is none."""
    kept = release_folder(settings, vintage.month, vintage.number) / RECEIPT
    if not kept.exists():
        with sharing(kept) as temporary:
            temporary.write_bytes(receipt_bytes(Ledger(settings.ledger), vintage))
            temporary.chmod(0o400)
    return kept.read_bytes()


def _write(settings: Settings, folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files; remove a pdf or open file of an earlier run that is no longer made."""
    written = {folder / name: content for name, content in contents.items()}
    there = (folder / PDF, *(folder / FOLDER).glob("[!.]*"))
    write_public(settings, written, tuple(p for p in there if p not in written and p.exists()))
    return list(written)
