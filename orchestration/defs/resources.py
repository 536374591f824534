"""What assets share: the platform's places, its ledger, its readers, and dbt.

https://docs.dagster.io/guides/build/external-resources
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.metadata import version

from dagster import ConfigurableResource, Definitions, InitResourceContext, definitions
from dagster_dbt import DbtCliResource
from packaging.version import Version
from pydantic import PrivateAttr

from orchestration.ingest.readers import ReaderPool
from orchestration.modelling.dbt import DBT_EXECUTABLE, dbt_environment
from orchestration.settings import DBT_PROJECT_DIR, Settings, load_settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding


class LeanDbt(DbtCliResource):
    """dagster-dbt's resource without its look at dbt: five CPU seconds a run.

    Before each invocation the original asks the executable for its version, and opens an
    adapter of its own for row counts. The lock file knows the version, and our previews count.
    A test holds this against the original.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        """Open none."""


class Platform(ConfigurableResource["Platform"]):
    """Settings from the environment, the ledger, and reading processes shared by a run."""

    _pool: ReaderPool = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Platform]:
        """Keep the reading processes for as long as the run lives; they start when first used."""
        with ReaderPool() as pool:
            self._pool = pool
            yield self

    @property
    def settings(self) -> Settings:
        """Where deliveries lie and where everything built goes."""
        return load_settings().prepare()

    @property
    def ledger(self) -> Ledger:
        """The ledger of this home."""
        return Ledger(self.settings.ledger)

    @property
    def readers(self) -> ReaderPool:
        """The run's reading processes."""
        return self._pool

    @contextmanager
    def warehouse(self) -> Iterator[Settings]:
        """Hold the working DuckDB, also against runs that bypass Dagster's pools."""
        settings = self.settings
        with holding(settings.locks, "warehouse"):
            yield settings


@definitions
def resources() -> Definitions:
    """Provide ``platform`` and ``dbt``."""
    dbt_environment(load_settings().prepare())
    return Definitions(
        resources={
            "platform": Platform(),
            "dbt": LeanDbt(
                project_dir=str(DBT_PROJECT_DIR),
                profiles_dir=str(DBT_PROJECT_DIR),
                dbt_executable=str(DBT_EXECUTABLE),
            ),
        }
    )
