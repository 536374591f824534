"""``fangan`` in a process that has its imports behind it, which are a third of what a month costs.

A server that only ever imports is forked for each run, so that no run sees another's state. What a
user starts is a new interpreter: ``Installation.fangan_afresh``, where that is the point.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

_SERVER = get_context("forkserver")
_SERVER.set_forkserver_preload(["preloading"])


def fangan(
    arguments: list[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the command with just that environment; return its exit code and what it wrote."""
    # the server does not take the path of this process over before Python 3.13
    here = patch.dict(os.environ, PYTHONPATH=str(Path(__file__).parent))
    with TemporaryDirectory() as folder, here:
        outputs = [Path(folder) / name for name in ("stdout", "stderr")]
        run = _SERVER.Process(target=_run, args=(arguments, dict(environment), outputs))
        run.start()
        run.join()
        code, texts = run.exitcode, [path.read_text(encoding="utf-8") for path in outputs]
    return subprocess.CompletedProcess(arguments, code if code is not None else -1, *texts)


def _run(arguments: list[str], environment: dict[str, str], outputs: list[Path]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, path in enumerate(outputs, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.argv = ["fangan", *arguments]
    from orchestration.cli import main

    main()
