"""What assets share: the platform's places, its ledger and its readers.

https://docs.dagster.io/guides/build/external-resources
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext

from dagster import (
    ConfigurableResource,
    DagsterRun,
    Definitions,
    InitResourceContext,
    definitions,
)
from pydantic import PrivateAttr

from orchestration.executors.run_process import (
    PATIENCE_TAG,
    is_by_command,
    is_one_step,
    run_name,
)
from orchestration.ingest.names import name_key
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.prefetch import ReadAhead
from orchestration.operations.dead_runs import note_process
from orchestration.settings import Settings, load_settings
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding, patience, wait_until_closed, working_under


class Platform(ConfigurableResource["Platform"]):
    """Settings from the environment, the ledger, and reading shared by a run."""

    _readers: ReadAhead = PrivateAttr()
    _ledger: Ledger = PrivateAttr()
    #: How many seconds to wait for a lock; None if the command that runs this has said so.
    _patience: float | None = PrivateAttr(default=None)
    #: What the locks say of their owner.
    _command: str | None = PrivateAttr(default=None)
    #: Whether this process works on one step of a run, and other processes on the others.
    _alone: bool = PrivateAttr(default=False)

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Platform]:
        """Hold the home's month and keep the reading process for as long as the run lives.

        A run that nobody waits for waits itself while another process holds the month or the
        warehouse. The reading process starts when first used. Where each step has a process of
        its own, that of the run holds the month.
        """
        settings, run = self.settings, context.run
        self._alone = bool(run and context.instance and is_one_step(context.instance, run.run_id))
        self._patience = _patience(run, settings)
        is_command = run is not None and is_by_command(run) and not self._alone
        self._command = run_name(run) if run and not is_command else None
        with ExitStack() as stack:
            if self._alone:
                stack.enter_context(working_under(settings.ledger_locks, "month"))
            else:
                _note_process(context)
            if self._patience is not None and not self._alone:
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

    @property
    def alone(self) -> bool:
        """Whether this process works on one step of a run, and other processes on the others."""
        return self._alone

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


def _patience(run: DagsterRun | None, settings: Settings) -> float | None:
    """Return how many seconds the run waits for a lock; None where its command has said so here."""
    if run is None or not is_by_command(run):
        return settings.wait_minutes * 60
    return float(run.tags[PATIENCE_TAG]) if PATIENCE_TAG in run.tags else None


def _note_process(context: InitResourceContext) -> None:
    if context.instance is not None and context.run is not None:
        note_process(context.instance, context.run.run_id)


@definitions
def resources() -> Definitions:
    """Provide ``platform``."""
    return Definitions(resources={"platform": Platform()})
