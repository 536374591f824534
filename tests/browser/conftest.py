"""One Chromium for all pages, and the folders whose pages it opens.

Every page that lies in a published folder is found by looking, so that a new one is tested
without being named. Skipped, and said why, where there is no Chromium.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from month_installation import Installation
from playwright.sync_api import Browser, Page, sync_playwright
from publication.inspected import inspection
from publication.releasing import REVISED, SECOND, Office
from publication.topic_rows import AGES, DANGER, FLOWS, supervised

from orchestration.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


#: What sticks out to the right of the window, but for what scrolls in a frame of its own.
_STICKS_OUT = """() => {
  const apart = '.scroll, .visually-hidden, .skip, svg';
  return [...document.body.querySelectorAll('*')]
    .filter(e => !e.matches('.visually-hidden, .skip') && !e.parentElement.closest(apart))
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40));
}"""
_WIDTHS = (360, 1440)


@dataclass
class Look:
    """What one page did and had when it was opened: at each width, what stuck out of the window."""

    path: Path
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    sticking_out: dict[int, list[str]] = field(default_factory=dict)
    page_widths: dict[int, int] = field(default_factory=dict)
    anchors: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def look(page: Page, path: Path) -> Look:
    """Open a page and look at it at every width."""
    seen = Look(path)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.goto(path.as_uri())
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        seen.sticking_out[width] = page.evaluate(_STICKS_OUT)
        seen.page_widths[width] = page.evaluate("document.documentElement.scrollWidth")
    seen.anchors = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    seen.links = page.evaluate("[...document.querySelectorAll('a')].map(e => e.href)")
    return seen


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the pages; it ends with them, since its driver keeps an event loop."""
    if CHROMIUM is None:
        pytest.skip("NO BROWSER: pages are not tested in one; install Debian's package chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    """A page that tests open one after the other."""
    return browser.new_page(viewport={"width": 1440, "height": 900})


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """October with every topic, released, and released again with a revision."""
    settings = Settings(
        raw=tmp_path_factory.mktemp("raw"), home=tmp_path_factory.mktemp("home")
    ).prepare()
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = Office(settings, monkeypatch)
        topics = {
            "rpt_alteration_flow_monthly": FLOWS,
            "rpt_alteration_ageing_monthly": AGES,
            "rpt_danger_closure_monthly": DANGER,
            "rpt_d_grade_supervision": [supervised(1), supervised(2, is_overdue=True)],
        }
        shown = {"topics": topics, "inspections": [inspection()]}
        made.run(**shown)
        made.release()
        made.run(changes=REVISED, **shown)
        made.release(SECOND, reason_code="corrected_delivery")
        yield made


@pytest.fixture(scope="module")
def pages(browser: Browser, october: Installation, office: Office) -> list[Path]:
    """Every published page; of copies with the same bytes the current one.

    Nothing is run without a browser.
    """
    found: dict[bytes, Path] = {}
    for folder in (october.settings.published, office.settings.published):
        for path in sorted(folder.rglob("*.html"), key=lambda path: len(path.parts)):
            found.setdefault(hashlib.sha256(path.read_bytes()).digest(), path)
    return list(found.values())


@pytest.fixture(scope="module")
def looks(browser: Browser, pages: list[Path]) -> list[Look]:
    """What there was to see of every page."""
    seen = []
    for path in pages:
        opened = browser.new_page()
        seen.append(look(opened, path))
        opened.close()
    return seen
