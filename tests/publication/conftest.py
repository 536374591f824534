from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from october import OCTOBER, build_warehouse

from orchestration.publication.bulletin import Bulletin, load_bulletin
from orchestration.publication.publish import publish_statistics
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(raw=tmp_path / "raw", home=tmp_path / "home").prepare()


@pytest.fixture
def make_warehouse(settings: Settings) -> Callable[..., None]:
    """Build the warehouse of ``settings``; see ``build_warehouse`` for what can be varied."""

    def make(**options: Any) -> None:
        build_warehouse(settings.warehouse, **options)

    return make


@pytest.fixture
def make_bulletin(
    settings: Settings, make_warehouse: Callable[..., None]
) -> Callable[..., Bulletin]:
    """Build a warehouse, publish it and read October's bulletin back."""

    def make(**options: Any) -> Bulletin:
        make_warehouse(**options)
        publish_statistics(settings)
        return load_bulletin(settings.statistics, OCTOBER)

    return make
