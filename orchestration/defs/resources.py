"""What assets share: the platform's places, its ledger and its readers.

https://docs.dagster.io/guides/build/external-resources
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster import ConfigurableResource, Definitions, InitResourceContext, definitions
from pydantic import PrivateAttr

from orchestration.ingest.names import name_key
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.prefetch import ReadAhead
from orchestration.settings import Settings, load_settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding


class Platform(ConfigurableResource["Platform"]):
    """Settings from the environment, the ledger, and reading shared by a run."""

    _readers: ReadAhead = PrivateAttr()
    _ledger: Ledger = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Platform]:
        """Keep the reading process for as long as the run lives; it starts when first used."""
        self._ledger = Ledger(self.settings.ledger)
        key = name_key(self.settings)
        with ReaderPool(name_key=key) as pool, ReadAhead(pool.read) as self._readers:
            yield self

    @property
    def settings(self) -> Settings:
        """Where deliveries lie and where everything built goes."""
        return load_settings().prepare()

    @property
    def ledger(self) -> Ledger:
        """The ledger of this home."""
        return self._ledger

    @property
    def readers(self) -> ReadAhead:
        """What reads the run's files."""
        return self._readers

    @contextmanager
    def warehouse(self) -> Iterator[Settings]:
        """Hold the working DuckDB, also against runs that bypass Dagster's pools."""
        settings = self.settings
        with holding(settings.locks, "warehouse"):
            yield settings


@definitions
def resources() -> Definitions:
    """Provide ``platform``."""
    return Definitions(resources={"platform": Platform()})
