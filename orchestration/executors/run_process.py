"""A run whose steps are worked on elsewhere: what its own process does for all of them.

It holds the home's month as long as the run lives, is the process that others look for, and makes
what two steps could make at once. A step asks here whether its run has such a process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dagster import DagsterEvent, DagsterInstance, DagsterRun, Executor, JobDefinition
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.execution.api import execute_run_iterator

from orchestration.ingest.names import name_key
from orchestration.operations.dead_runs import is_noted_elsewhere, is_process_gone, note_process
from orchestration.settings import load_settings
from orchestration.store.locks import current_patience, holding, patience

#: The tag of a run that a command runs: the command holds the month. It is the run's number, since
#: Dagster copies tags to a run that is tried again.
COMMAND_TAG = "fangan/command"
#: How many seconds a step of a command's run waits for a lock: as long as the command would.
PATIENCE_TAG = "fangan/patience"
#: Where the processes of steps find the definitions.
_DEFINITIONS = ("orchestration.definitions", "defs")


@dataclass(frozen=True)
class RunResult:
    """How a run ended, with Dagster's events of it; the same names as Dagster's own result."""

    all_events: tuple[DagsterEvent, ...]

    @property
    def success(self) -> bool:
        """Whether all steps succeeded."""
        return any(event.is_job_success for event in self.all_events)


class RunEndedError(RuntimeError):
    """A step was begun of a run that has ended, or whose process is gone: nobody waits for it."""


class HoldsTheMonth(Executor):
    """An executor of Dagster that works on steps in other processes, with the month held."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def __getattr__(self, name: str) -> Any:
        """Dagster's loops ask the executor of a run for its own options."""
        return getattr(self._executor, name)

    @property
    def retries(self) -> Any:
        """How Dagster tries steps again."""
        return self._executor.retries

    @property
    def step_dependency_config(self) -> Any:
        """What a step waits for."""
        return self._executor.step_dependency_config

    def execute(self, plan_context: Any, execution_plan: Any) -> Iterator[DagsterEvent]:
        """Work on the steps as the executor does."""
        with _month_held(plan_context.instance, plan_context.dagster_run):
            yield from self._executor.execute(plan_context, execution_plan)


@contextmanager
def _month_held(instance: DagsterInstance, run: DagsterRun) -> Iterator[None]:
    settings = load_settings().prepare()
    note_process(instance, run.run_id)
    # else the first steps of a new home would make one each
    name_key(settings)
    if is_by_command(run):
        yield
        return
    with (
        patience(settings.wait_minutes * 60),
        holding(settings.ledger_locks, "month", run_name(run)),
    ):
        yield


def run_in_processes(
    instance: DagsterInstance,
    job: JobDefinition,
    partition_key: str,
    take: Callable[[DagsterEvent], None],
    *,
    run_id: str,
    tags: Mapping[str, str],
    run_config: Mapping[str, Any],
) -> RunResult:
    """Run a job of ours from a command, each step where the executor puts it.

    ``take`` is given each event as it comes. ``dagster.execute_job`` takes no number for its run,
    by which the command is known, and tells nothing before the end.
    """
    origin = ReconstructableRepository.for_module(*_DEFINITIONS).get_reconstructable_job(job.name)
    run = instance.create_run_for_job(
        job_def=job,
        run_id=run_id,
        run_config=run_config,
        tags={**tags, "dagster/partition": partition_key, PATIENCE_TAG: str(current_patience())},
        job_code_origin=origin.get_python_origin(),
    )
    events = []
    for event in execute_run_iterator(origin, run, instance):
        take(event)
        events.append(event)
    return RunResult(tuple(events))


def is_by_command(run: DagsterRun) -> bool:
    """Whether a command runs this itself: it holds the month, and says how long to wait."""
    return run.tags.get(COMMAND_TAG) == run.run_id


def run_name(run: DagsterRun) -> str:
    """Return how a run is called to whoever waits for it."""
    return f"Dagster run {run.run_id[:8]} of {run.tags.get('dagster/partition', 'no month')}"


def is_one_step(instance: DagsterInstance, run_id: str) -> bool:
    """Whether this process works on one step, while another holds the month for the run.

    Raises RunEndedError if the run is over: a queue may keep a step longer than its run lives.
    """
    run = instance.get_run_by_id(run_id)
    if run is None or not is_noted_elsewhere(run):
        return False
    # a pod sees its own processes only
    is_gone = load_settings().executor != "k8s" and is_process_gone(run)
    if run.is_finished or is_gone:
        raise RunEndedError(f"{run_name(run)} has ended: its step is not begun any more")
    return True
