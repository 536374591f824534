"""The executor that ``FANGAN_EXECUTOR`` names, made for our runs.

Dagster's executors are used as they are, each behind ``HoldsTheMonth``. What an executor needs
and is not installed is said with the command that installs it.
"""

from __future__ import annotations

import os
import warnings
from importlib.metadata import version
from importlib.util import find_spec
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from dagster import (
    Executor,
    ExecutorDefinition,
    InitExecutorContext,
    in_process_executor,
    multiple_process_executor_requirements,
    multiprocess_executor,
)

from orchestration.choices import ConfigurationError
from orchestration.executors.queue import executor_config
from orchestration.executors.run_process import HoldsTheMonth
from orchestration.settings import Settings

#: What the server that forks the processes of steps imports before it does.
PRELOADED = "orchestration.workers.preload"
#: Dagster asks that its own come before what users preload.
_DAGSTER_FIRST = "dagster._core.executor.multiprocess"
#: By executor: the module it needs, and the packages that have it. Dagster's have one version.
_VERSION = version("dagster-dbt")
_NEEDED = {
    "celery": ("dagster_celery", f"dagster-celery=={_VERSION} redis"),
    "k8s": ("dagster_k8s", f"dagster-k8s=={_VERSION}"),
}


def chosen_executor(settings: Settings) -> ExecutorDefinition:
    """Return the executor of all runs; raise ConfigurationError if it is not installed."""
    require_executor(settings)
    if settings.executor == "multiprocess":
        server = {"forkserver": {"preload_modules": [PRELOADED]}}
        return _held(multiprocess_executor).configured({"start_method": server})
    if settings.executor == "celery":
        from dagster_celery import celery_executor

        # dagster-celery makes its one task anew for each step
        warnings.filterwarnings("ignore", message="Task name 'execute_plan' is already registered")
        return _held(celery_executor).configured(executor_config())
    if settings.executor == "k8s":
        from dagster_k8s import k8s_job_executor

        return _held(k8s_job_executor)
    return in_process_executor


def require_executor(settings: Settings) -> None:
    """Raise ConfigurationError, with the command that helps, if the executor is not installed."""
    module, packages = _NEEDED.get(settings.executor, ("dagster", ""))
    if find_spec(module) is None:
        raise ConfigurationError(
            f"执行方式（FANGAN_EXECUTOR）为 {settings.executor}，但没有安装 {module}。It is not"
            f" installed; install it with: .venv/bin/python -m pip install {packages}"
        )


def start_step_server(settings: Settings, log: Path) -> None:
    """Start what forks the steps of the multiprocess executor; what they print goes to a file.

    Without this the executor starts it, and lines of dbt and Dagster stand between a command's own.
    """
    if settings.executor != "multiprocess":
        return
    here = [(number, os.dup(number)) for number in (1, 2)]
    # added to: the command empties its log at each month, and the server stays
    with log.open("a", encoding="utf-8") as opened:
        for number, _ in here:
            os.dup2(opened.fileno(), number)
    try:
        forkserver.set_forkserver_preload([_DAGSTER_FIRST, PRELOADED])
        forkserver.ensure_running()
    finally:
        for number, copy in here:
            os.dup2(copy, number)
            os.close(copy)


def _held(chosen: ExecutorDefinition) -> ExecutorDefinition:
    """Return an executor of Dagster whose runs hold the month."""

    def made(context: InitExecutorContext) -> Executor:
        assert chosen.executor_creation_fn is not None  # none of Dagster's executors is without
        return HoldsTheMonth(chosen.executor_creation_fn(context))

    # a definition takes another's schema, whatever its signature says
    schema: Any = chosen.config_schema
    return ExecutorDefinition(
        name=chosen.name,
        config_schema=schema,
        requirements=multiple_process_executor_requirements(),
        executor_creation_fn=made,
        description=chosen.description,
    )
