"""The site over all months: ``index.html``, ``definitions.html`` and ``status.html``.

The pages are static and open from a folder, without script, server or network. They are rewritten
whenever a month is published, released, withdrawn, unlocked or annotated, from the ledger and from
the existing files: a link appears only if its file exists. The pages of a bulletin are in ``html``
and ``quality.page``, the status board in ``status.page``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from orchestration.publication.bulletin.model import load_metrics
from orchestration.publication.bulletin.rows import Metric
from orchestration.publication.database.reading import open_statistics
from orchestration.publication.html.templating import render
from orchestration.publication.open_data.disclosure_control import smallest_published_count
from orchestration.publication.open_data.writing import DESCRIPTOR, FOLDER, SDMX
from orchestration.publication.status.page import STATUS, status_page
from orchestration.reference import vocabulary
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.public_files import write_public
from orchestration.store.releases import ReleaseState, Vintage

INDEX, DEFINITIONS = "index.html", "definitions.html"
#: dbt's own documentation, made by ``fangan site --docs``.
MODEL_DOCS = Path("dbt-docs") / "index.html"
_DOCUMENTS = {
    "bulletin.html": "公报（网页）",
    "bulletin.pdf": "公报 PDF",
    "bulletin.docx": "公报 Word",
    "bulletin.xlsx": "公报 Excel",
    "quality.html": "数据质量报告",
    "explain.html": "数字的由来",
    "technical_note.html": "技术说明",
}
_OF_VINTAGE = {
    "bulletin.html": "网页",
    "bulletin.pdf": "PDF",
    "bulletin.docx": "Word",
    "bulletin.xlsx": "Excel",
    "quality.html": "质量",
    f"{FOLDER}/{DESCRIPTOR}": "数据",
    "manifest.json": "清单",
}
_DESCRIPTORS = {DESCRIPTOR: "数据包说明（Frictionless）", SDMX: "公报表（SDMX-CSV）"}


@dataclass(frozen=True)
class Link:
    """A link to an existing file; ``href`` is relative to the site's folder."""

    name: str
    href: str


@dataclass(frozen=True)
class OpenFiles:
    """One open table of a month: its name, its title and its files."""

    name: str
    title: str
    files: tuple[Link, ...]


@dataclass(frozen=True)
class VintageLine:
    """One release in the site's list."""

    number: int
    status: str
    status_name: str
    released_at: str
    reason: str | None
    note: str
    documents: tuple[Link, ...]


@dataclass(frozen=True)
class MonthEntry:
    """One month of the site: the current files, then every release, the latest first."""

    month: Month
    vintage: int
    status: str
    status_name: str
    is_simulated: bool
    notes: tuple[str, ...]
    documents: tuple[Link, ...]
    vintages: tuple[VintageLine, ...]
    descriptors: tuple[Link, ...]
    open_data: tuple[OpenFiles, ...]


@dataclass(frozen=True)
class _Population:
    name: str
    metrics: tuple[Metric, ...]


def write_site(settings: Settings, ledger: Ledger, updated_at: datetime) -> list[Path]:
    """Write the site's pages and return them; raise FileNotFoundError if nothing is published.

    ``updated_at`` is printed; the same published files and time give the same bytes.
    """
    with open_statistics(settings.statistics) as connection:
        metrics = load_metrics(connection)
        months = connection.execute(
            "select month, vintage, status from marts.rpt_district_monthly"
            " where district_id = 'city' order by month desc"
        ).fetchall()
        simulated = connection.execute(
            "select distinct month from marts.rpt_delivery"
            " where state like 'accepted%' and contains(file_name, ?)",
            [vocabulary.SIMULATED],
        ).fetchall()
    entries = [
        _entry(settings, ledger.release_state(month), vintage, status, (day,) in simulated)
        for day, vintage, status in months
        for month in [Month.of(day)]
    ]
    updated_text = f"{updated_at:%Y-%m-%d %H:%M}"
    pages = {
        INDEX: render(
            "index.html.j2",
            months=entries,
            simulated_months=[entry for entry in entries if entry.is_simulated],
            definitions=DEFINITIONS,
            status=STATUS,
            model_docs=MODEL_DOCS if (settings.published / MODEL_DOCS).exists() else None,
            smallest_count=smallest_published_count(),
            updated_at=updated_text,
        ),
        DEFINITIONS: render(
            "definitions.html.j2",
            populations=_by_population(metrics),
            metric_count=len(metrics),
            updated_at=updated_text,
        ),
        STATUS: status_page(ledger, updated_at),
    }
    written = {settings.published / name: page.encode() for name, page in pages.items()}
    write_public(settings, written)
    return list(written)


def _entry(
    settings: Settings, state: ReleaseState, vintage: int, status: str, is_simulated: bool
) -> MonthEntry:
    folder = settings.published / str(state.month)
    site = settings.published
    notes = [
        f"{vocabulary.RELEASE_ACTIONS[decision.action]}：{decision.note}"
        for decision in state.decisions
        if decision.action != "release" and decision.vintage == len(state.vintages)
    ]
    return MonthEntry(
        month=state.month,
        vintage=vintage,
        status=status,
        status_name=vocabulary.VINTAGE_STATES[status],
        is_simulated=is_simulated,
        notes=tuple(notes),
        documents=_links(site, folder, _DOCUMENTS),
        vintages=tuple(_line(site, folder, one) for one in reversed(state.vintages)),
        descriptors=_links(site, folder / FOLDER, _DESCRIPTORS),
        open_data=_open_files(site, folder / FOLDER),
    )


def _line(site: Path, folder: Path, vintage: Vintage) -> VintageLine:
    reason = vintage.release.reason_code
    released_at = vintage.release.decided_at.astimezone(SUZHOU)
    return VintageLine(
        number=vintage.number,
        status=vintage.status,
        status_name=vocabulary.VINTAGE_STATES[vintage.status],
        released_at=f"{released_at:%Y-%m-%d %H:%M}",
        reason=vocabulary.REVISION_REASONS[reason] if reason else None,
        note=vintage.release.note,
        documents=_links(site, folder / f"v{vintage.number}", _OF_VINTAGE),
    )


def _links(site: Path, folder: Path, names: dict[str, str]) -> tuple[Link, ...]:
    return tuple(
        Link(name, (folder / file).relative_to(site).as_posix())
        for file, name in names.items()
        if (folder / file).exists()
    )


def _open_files(site: Path, folder: Path) -> tuple[OpenFiles, ...]:
    """Return the tables in the month's descriptor, with their Chinese titles."""
    if not (folder / DESCRIPTOR).exists():
        return ()
    resources = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))["resources"]
    tables = []
    for resource in resources:
        if "schema" in resource:
            stem = Path(resource["path"]).stem
            files = _links(site, folder, {f"{stem}.csv": "CSV", f"{stem}.parquet": "Parquet"})
            tables.append(OpenFiles(stem, resource["title"], files))
    return tuple(tables)


def _by_population(metrics: Iterable[Metric]) -> Sequence[_Population]:
    """Group metrics by population, in the registry's order."""
    ordered = sorted(metrics, key=lambda metric: metric.population_name)
    return [
        _Population(name, tuple(group))
        for name, group in groupby(ordered, key=lambda metric: metric.population_name)
    ]
