"""Workbook and document as LibreOffice opens them: without repair, every figure as published."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from publication.october import RELEASED_AT, golden_rows

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.issue.docx import render_document
from orchestration.publication.issue.xlsx import render_workbook
from orchestration.publication.newsletter.editorial import Editorial
from orchestration.publication.newsletter.issue_text import Newsletter

# LibreOffice alone takes some ten seconds to start and print two files
pytestmark = pytest.mark.office

_PROGRAMS = ("soffice", "pdftotext")


@pytest.fixture(scope="module")
def printed(bulletin: Bulletin, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what LibreOffice prints of each file, as text."""
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.skip(f"NO LIBREOFFICE: files were not opened in it; install {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("office")
    files = {
        "bulletin.xlsx": render_workbook(bulletin, RELEASED_AT),
        "bulletin.docx": render_document(Newsletter(bulletin, Editorial()), RELEASED_AT),
    }
    texts = {}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for name in files:
        # one after the other: both would be printed to bulletin.pdf
        done = subprocess.run(
            ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
             "--convert-to", "pdf", "--outdir", folder / name.split(".")[1], folder / name],
            capture_output=True, text=True, check=True, timeout=180,
        )  # fmt: skip
        # a file that cannot be opened, or only repaired, is told here with exit code 0
        assert "Error" not in done.stdout + done.stderr, done.stdout + done.stderr
        texts[name] = subprocess.run(
            ["pdftotext", "-layout", folder / name.split(".")[1] / "bulletin.pdf", "-"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    return texts


@pytest.mark.parametrize("name", ["bulletin.xlsx", "bulletin.docx"])
def test_libreoffice_shows_the_published_table_and_headline(
    printed: dict[str, str], bulletin: Bulletin, name: str
) -> None:
    lines = [line.split() for line in printed[name].splitlines()]
    for row in golden_rows():
        assert row in lines
    assert bulletin.headline in "".join(printed[name].split())


def test_a_file_that_is_no_workbook_is_reported(tmp_path: Path, printed: dict[str, str]) -> None:
    """Show that the check can fail: a cut file is not printed."""
    assert printed
    path = tmp_path / "cut.xlsx"
    path.write_bytes(b"PK\x03\x04 cut")
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf:calc_pdf_Export", "--outdir", tmp_path, path],
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert not (tmp_path / "cut.pdf").exists(), done.stdout
