from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from publication.october import OCTOBER, build_warehouse

from orchestration.publication.bulletin.model import Bulletin, load_bulletin
from orchestration.publication.database.publish import publish_statistics
from orchestration.settings import Settings


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


@pytest.fixture(scope="session")
def bulletin(tmp_path_factory: pytest.TempPathFactory) -> Bulletin:
    """October as it was published, nothing varied; frozen, so that all tests may share it."""
    settings = Settings(
        raw=tmp_path_factory.mktemp("raw"), home=tmp_path_factory.mktemp("home")
    ).prepare()
    build_warehouse(settings.warehouse)
    publish_statistics(settings)
    return load_bulletin(settings.statistics, OCTOBER)
