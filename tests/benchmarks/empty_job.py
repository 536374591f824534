"""Load the definitions and run a job of nothing: the least that any run of Dagster costs."""

from __future__ import annotations

from dagster import DagsterInstance, job, op

from orchestration.console.monthly.month_run import prepare_dagster
from orchestration.definitions import defs
from orchestration.settings import load_settings


@op
def nothing() -> None:
    """Do nothing."""


@job
def empty() -> None:
    """Run nothing."""
    nothing()


if __name__ == "__main__":
    prepare_dagster(load_settings().prepare())
    defs()
    with DagsterInstance.get() as instance:
        empty.execute_in_process(instance=instance)
