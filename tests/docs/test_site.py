"""``docs`` builds as a site without a warning, and a page of it asks no other machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT

#: What a page loads by itself, as opposed to a link that somebody clicks.
LOADED = re.compile(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?([^\"\s>]+)|<link[^>]*>")
#: A link element that only names another page.
NAMED_ONLY = re.compile(r"rel=\"?(?:canonical|prev|next|alternate)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [Path(sys.executable).parent / "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=PROJECT_ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert pages
    loaded = {
        (page.name, tag[0])
        for page in pages
        for tag in LOADED.finditer(page.read_text(encoding="utf-8"))
        if "//" in tag[0] and not NAMED_ONLY.search(tag[0])
    }
    assert loaded == set()


def test_sources_and_scripts_stay_out_of_the_site(site: Path) -> None:
    assert list(site.rglob("*.py")) == []
    assert (site / "search" / "search_index.js").exists()
