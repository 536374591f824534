"""What assets share: the platform's places, its ledger and its readers.

https://docs.dagster.io/guides/build/external-resources
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

from dagster import ConfigurableResource, Definitions, InitResourceContext, definitions
from pydantic import PrivateAttr

from orchestration.ingest.names import name_key
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.prefetch import ReadAhead
from orchestration.operations.dead_runs import note_process
from orchestration.settings import Settings, load_settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding, patience, wait_until_closed

#: The tag of a run that a command runs in its own process.
COMMAND_TAG = "fangan/command"


class Platform(ConfigurableResource["Platform"]):
    """Settings from the environment, the ledger, and reading shared by a run."""

    _readers: ReadAhead = PrivateAttr()
    _ledger: Ledger = PrivateAttr()
    #: How many seconds to wait for a lock; None if the command that runs this has said so.
    _patience: float | None = PrivateAttr(default=None)
    #: What the locks say of their owner.
    _command: str | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Platform]:
        """Hold the home's month and keep the reading process for as long as the run lives.

        A run that nobody waits for waits itself while another process holds the month or the
        warehouse. The reading process starts when first used.
        """
        settings = self.settings
        self._patience = None if _is_by_command(context) else settings.wait_minutes * 60
        self._command = _command(context)
        _note_process(context)
        with ExitStack() as stack:
            if self._patience is not None:
                with patience(self._patience):
                    stack.enter_context(holding(settings.ledger_locks, "month", self._command))
            self._ledger = Ledger(settings.ledger)
            pool = stack.enter_context(ReaderPool(name_key=name_key(settings)))
            self._readers = stack.enter_context(ReadAhead(pool.read))
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
        with ExitStack() as stack:
            waits = nullcontext() if self._patience is None else patience(self._patience)
            with waits:
                stack.enter_context(holding(settings.locks, "warehouse", self._command))
                wait_until_closed(settings.warehouse)
            yield settings


def _is_by_command(context: InitResourceContext) -> bool:
    """Whether a command runs this itself: it holds the month, and says how long to wait.

    Dagster copies tags to a run that is tried again: the tag names the run that it is true of.
    """
    run = context.run
    return run is not None and run.tags.get(COMMAND_TAG) == run.run_id


def _command(context: InitResourceContext) -> str | None:
    """Return how the run is called to whoever waits for it; a command calls itself by its name."""
    run = context.run
    if run is None or _is_by_command(context):
        return None
    return f"Dagster run {run.run_id[:8]} of {run.tags.get('dagster/partition', 'no month')}"


def _note_process(context: InitResourceContext) -> None:
    if context.instance is not None and context.run is not None:
        note_process(context.instance, context.run.run_id)


@definitions
def resources() -> Definitions:
    """Provide ``platform``."""
    return Definitions(resources={"platform": Platform()})
