"""``fangan demo``: a home in which every command has something to show, from a simulated city.

It is made by the commands that a user would type, each printed before it runs. Add a step here when
a new command needs more than these leave. Every file of it says 模拟, every page 演示数据.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from orchestration.console.exit_codes import FAULT, FINDINGS, FINE
from orchestration.console.group import cli

#: A 250th of the city with planted faults; building codes whose addresses people wrote.
_STEPS = (
    "simulate 2022-10 --out {raw} --scale 0.004 --faults --codes 2000 --wording everyday",
    "month 2022-10",
    "release 2022-10 --note 演示 --yes",
)
#: Planted faults are findings.
_DONE = (FINE, FINDINGS)


def make_demo(folder: Path) -> int:
    """Make the demo in a folder; return the exit code of ``fangan demo``.

    A finished demo is left as it is. Raises click.UsageError if the folder holds other deliveries,
    or a demo that was not finished.
    """
    raw, home = folder / "raw", folder / "home"
    if not _is_finished(home):
        if raw.exists():
            raise click.UsageError(
                f"{raw} 已存在。It is there already: remove {folder}, or name another with --out"
            )
        os.environ |= {"FANGAN_RAW": str(raw.absolute()), "FANGAN_HOME": str(home.absolute())}
        for step in _STEPS:
            if (code := _run([word.format(raw=raw) for word in step.split()])) not in _DONE:
                return code
    click.echo("演示数据已备好，全部为模拟。The demo is ready; all of it is simulated. Next, type:")
    click.echo(f"  export FANGAN_RAW={raw} FANGAN_HOME={home}")
    return FINE


def _is_finished(home: Path) -> bool:
    """Whether the last step has left its look-up file."""
    return any((home / "internal" / "lookup").glob("*/*.sqlite"))


def _run(arguments: list[str]) -> int:
    click.secho(f"$ fangan {' '.join(arguments)}", bold=True)
    code = cli.main(arguments, standalone_mode=False)
    return code if isinstance(code, int) else FAULT
