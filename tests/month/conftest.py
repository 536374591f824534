"""Whole months through the real job, once a session each; the tests look at what came out."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from month_installation import Installation

from orchestration.settings import PROJECT_ROOT, Settings

Make = Callable[[str], Installation]


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Make an empty installation of that name."""

    def make(name: str) -> Installation:
        base = tmp_path_factory.mktemp(name)
        (base / "raw").mkdir()
        return Installation(Settings(raw=base / "raw", home=base / "home"))

    return make


@pytest.fixture(scope="session")
def october(installation: Make) -> Installation:
    """The real month: the ten reports that lie in the project's own raw folder."""
    made = installation("october")
    shutil.copytree(PROJECT_ROOT / "raw" / "2022-10", made.settings.raw / "2022-10")
    done = made.fangan("month", "2022-10")
    assert done.returncode == 0, done.stdout + done.stderr
    return made
