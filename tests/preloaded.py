"""``fangan`` in a process that has its imports behind it, which are a third of what a month costs.

A server that only ever imports is forked for each run, so that no run sees another's state. What a
user starts is a new interpreter: ``Installation.fangan`` asks for it where that is the point.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

_SERVER = get_context("forkserver")
#: Not ``orchestration.defs``, which reads the home's manifest when it is imported. None of these
#: may start a thread: a fork leaves it behind, with what it locked.
_SERVER.set_forkserver_preload(
    [
        "dagster",
        "dagster_dbt",
        "dbt.adapters.duckdb",
        "dbt.cli.main",
        "great_expectations",
        "orchestration.cli",
        "orchestration.judgement.district",
        "orchestration.publication.issue",
    ]
)


def fangan(
    arguments: list[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the command with just that environment; return its exit code and what it wrote."""
    with TemporaryDirectory() as folder:
        told = [Path(folder) / name for name in ("stdout", "stderr")]
        run = _SERVER.Process(target=_run, args=(arguments, dict(environment), told))
        run.start()
        run.join()
        code, texts = run.exitcode, [path.read_text(encoding="utf-8") for path in told]
    return subprocess.CompletedProcess(arguments, code if code is not None else -1, *texts)


def _run(arguments: list[str], environment: dict[str, str], told: list[Path]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(told, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.argv = ["fangan", *arguments]
    from orchestration.cli import main

    main()
