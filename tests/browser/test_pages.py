"""Every published page in a browser: quiet, offline, as wide as its window, whole, accessible.

Figures of October are read back from the page as a reader sees them.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import Look
from deliver import published
from month_installation import Installation
from playwright.sync_api import Browser, Page
from publication.releasing import Office

_TABLE = """() => [...document.querySelectorAll('.report tbody tr')]
  .map(row => [...row.cells].map(cell => cell.innerText.trim()))"""


def test_pages_are_found(pages: list[Path]) -> None:
    names = {path.name for path in pages}
    assert {"bulletin.html", "quality.html", "explain.html"} <= names
    assert len(pages) >= 9


def test_pages_are_quiet_and_load_nothing(looks: list[Look]) -> None:
    for look in looks:
        assert look.complaints == [], look.path
        assert {urlparse(url).scheme for url in look.requests} <= {"file", "data"}
        assert look.path.as_uri() in look.requests


def test_pages_are_as_wide_as_the_window(looks: list[Look]) -> None:
    for look in looks:
        assert all(found == [] for found in look.sticking_out.values()), look
        assert all(shown <= width for width, shown in look.page_widths.items()), look.page_widths


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(browser: Browser, pages: list[Path], scheme: str) -> None:
    # the checker is a script, which the pages' own policy forbids
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    opened, axe = context.new_page(), Axe()
    width = {"light": 1440, "dark": 360}[scheme]
    opened.set_viewport_size({"width": width, "height": 900})
    for path in pages:
        if path.parent.name.startswith("v"):
            continue  # an earlier release's, of the same templates
        opened.goto(path.as_uri())
        found = axe.run(opened, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{path} {scheme}\n{found.generate_report()}"
    context.close()


def test_all_links_and_anchors_lead_somewhere(looks: list[Look]) -> None:
    anchors = {look.path.read_bytes(): set(look.anchors) for look in looks}
    links = {link for look in looks for link in look.links}
    for look in looks:
        assert len(look.anchors) == len(set(look.anchors)), look.path
    for link in links:
        address, anchor = urldefrag(link)
        target = Path(unquote(urlparse(address).path))
        assert target.exists(), link
        if anchor:
            assert unquote(anchor) in anchors[target.read_bytes()], link
    assert len(links) > 100


def test_october_is_read_back_as_it_was_published(page: Page, october: Installation) -> None:
    page.goto((october.settings.published / "2022-10" / "bulletin.html").as_uri())
    assert page.evaluate(_TABLE) == [
        [name, *figures.values()] for name, figures in published().items()
    ]
    headline = page.locator(".headline").first.inner_text()
    assert headline == "截至10月，苏州市既有建筑已排查70.33万幢、面积12.83亿平方米，具体数字如下："


def test_a_figure_leads_to_what_it_was_counted_from(page: Page, october: Installation) -> None:
    page.goto((october.settings.published / "2022-10" / "bulletin.html").as_uri())
    [row] = [r for r in page.locator(".report tbody tr").all() if "姑苏区" in r.inner_text()]
    row.get_by_role("link", name="31").last.click()
    card = page.locator(".card:target")
    told = card.inner_text()
    assert "姑苏区" in told
    assert "✓ 各行相加与数值相符" in told
    assert "计 31 起" in told
    page.goto(page.url.replace("gusu-completed", "city-completed"))
    assert "✓ 各地区相加与数值相符" in card.inner_text()
    card.get_by_role("link", name="姑苏区").click()
    assert card.get_attribute("id") == "gusu-completed_count"


def test_every_figure_of_october_adds_up(page: Page, october: Installation) -> None:
    page.goto((october.settings.published / "2022-10" / "explain.html").as_uri())
    assert page.locator(".card").count() == 9 * 11
    # two of the nine metrics are worked out from the others
    assert page.get_by_text("相加与数值相符").count() == 7 * 11
    assert page.locator(".card .differs").count() == 0


def test_a_revision_is_shown_with_its_reason_on_page_and_card(page: Page, office: Office) -> None:
    page.goto((office.settings.published / "2022-10" / "bulletin.html").as_uri())
    shown = page.get_by_role("region", name="修订的数").inner_text().split()
    at = shown.index("姑苏区")
    assert shown[at : at + 7] == [
        "姑苏区", "第2版", "处理完成件数", "31", "33", "+2", "更正报送",
    ]  # fmt: skip
    page.goto(page.url.replace("bulletin.html", "explain.html#gusu-completed_count"))
    versions = page.locator(".card:target").inner_text()
    assert "第1版（初步）31" in versions
    assert "第2版（初步）33" in versions
