"""The reference pages are made from the code as it is, and leave nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.handbook.pages import FOLDER, pages
from orchestration.handbook.settings import variables
from orchestration.settings import PROJECT_ROOT

#: Only our tests and one Makefile target read these.
FOR_DEVELOPERS = {"FANGAN_WRITE_GOLDEN"}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages()


def test_every_page_is_current(made: dict[str, str]) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == made, "run: make docs"


def test_every_variable_that_the_code_reads_is_explained() -> None:
    read = {
        found
        for room in ("orchestration", "expectations", "dbt_project")
        for path in Path(PROJECT_ROOT, room).rglob("*.*")
        if path.suffix in (".py", ".yml", ".yaml")
        for found in re.findall(r"FANGAN_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))
    }
    assert read - FOR_DEVELOPERS == variables()


def test_a_page_does_not_depend_on_the_terminal(
    made: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert pages()["commands.md"] == made["commands.md"]
