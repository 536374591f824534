"""The site over all months: lists what there is, links to nothing else, and is only text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from publication.html_page import Page
from publication.october import OCTOBER, RELEASED_AT, build_warehouse
from publication.releasing import REVISED, SECOND, Office, office, whole_office

from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.issue.placing import write_bulletin
from orchestration.publication.issue.site import DEFINITIONS, INDEX, MODEL_DOCS, write_site
from orchestration.publication.status.page import STATUS
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

__all__ = ["office", "whole_office"]


def broken_links(folder: Path) -> list[str]:
    """Return every link of the site's pages, and of those they lead to, that leads nowhere."""
    broken, seen, waiting = [], set(), [folder / INDEX]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        read = Page(page.read_text(encoding="utf-8"))
        for link in read.named("a"):
            address = urlsplit(link["href"] or "")
            target = (page.parent / unquote(address.path)) if address.path else page
            if address.scheme or not target.is_file():
                broken.append(f"{page.name}: {link['href']}")
            elif target.suffix == ".html" and "dbt-docs" not in target.parts:
                waiting.append(target)
                ids = {tag.get("id") for _, tag in Page(target.read_text("utf-8")).tags}
                if address.fragment and address.fragment not in ids:
                    broken.append(f"{page.name}: {link['href']}")
    return broken


def test_every_link_of_the_site_leads_somewhere(settings: Settings) -> None:
    build_warehouse(settings.warehouse)
    publish_statistics(settings, built_at=RELEASED_AT)
    write_bulletin(settings, OCTOBER, RELEASED_AT)
    docs = settings.published / MODEL_DOCS
    docs.parent.mkdir()
    docs.write_text("<head></head>", encoding="utf-8")
    pages = write_site(settings, Ledger(settings.ledger), RELEASED_AT)
    assert [page.name for page in pages] == [INDEX, DEFINITIONS, STATUS]
    index = Page(pages[0].read_text(encoding="utf-8"))
    links = {link["href"] for link in index.named("a")}
    assert links >= {
        "2022-10/bulletin.html",
        "2022-10/bulletin.xlsx",
        "2022-10/quality.html",
        "2022-10/data/datapackage.json",
        "2022-10/data/rpt_district_monthly.csv",
        "2022-10/data/rpt_district_monthly.parquet",
        "definitions.html",
        "dbt-docs/index.html",
    }
    assert broken_links(settings.published) == []
    for page in pages:
        read = Page(page.read_text(encoding="utf-8"))
        assert not read.named("script")
        assert not [tag for _, tag in read.tags if tag.get("src")]
    definitions = Page(pages[1].read_text(encoding="utf-8"))
    assert "completed_count" in {tag.get("id") for _, tag in definitions.tags}
    assert "本月处理完成的件数，含以前月份核实的" in definitions.text


def test_releases_withdrawals_and_notes_are_listed_as_text(office: Office) -> None:
    office.run()
    office.release(note="首次<script>alert(1)</script>发布")
    office.run(changes=REVISED)
    office.release(SECOND, note="更正", reason_code="corrected_delivery")
    index = Page((office.settings.published / INDEX).read_text(encoding="utf-8"))
    assert [row[:4] for row in index.rows[1:]] == [
        ["第2版", "初步", "2022-11-15 09:30", "更正报送"],
        ["第1版", "初步", "2022-11-06 09:30", "—"],
    ]
    assert "首次<script>alert(1)</script>发布" in index.text
    assert not index.named("script")
    assert "2022-10/v1/bulletin.html" in {link["href"] for link in index.named("a")}

    office.decide("withdraw", SECOND)
    index = Page((office.settings.published / INDEX).read_text(encoding="utf-8"))
    assert index.rows[1][1] == "已撤回"
    assert "撤回：说明" in index.text


def test_the_same_files_and_time_give_the_same_pages(office: Office) -> None:
    office.run()
    office.release()
    at = datetime(2022, 12, 1, tzinfo=UTC)
    first = [path.read_bytes() for path in write_site(office.settings, office.ledger, at)]
    assert [p.read_bytes() for p in write_site(office.settings, office.ledger, at)] == first


def test_without_anything_published_there_is_no_site(settings: Settings) -> None:
    with pytest.raises(FileNotFoundError, match="fangan month"):
        write_site(settings, Ledger(settings.ledger), RELEASED_AT)
