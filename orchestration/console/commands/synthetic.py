"""Commands that make synthetic deliveries.

Add a command here that makes data for trying out the platform; none that reads real data.
"""

from __future__ import annotations

from pathlib import Path

import click

from orchestration.console.arguments import MONTH
from orchestration.console.exit_codes import FINE
from orchestration.console.group import cli
from orchestration.reference.months import Month
from orchestration.settings import load_settings


@cli.command()
@click.option(
    "--out",
    default="var/demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where it goes: raw and home below.",
)
def demo(out: Path) -> int:
    """Make a home in which every command has something to show, from simulated deliveries.

    A small city with planted faults, run and released; takes half a minute.
    """
    from orchestration.console.demo import make_demo

    return make_demo(out)


@cli.command()
@click.argument("month", type=MONTH)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The raw folder.")
@click.option("--scale", default=1.0, show_default=True, help="Size; 1 is the whole city.")
@click.option("--seed", default=2022, show_default=True, help="Random seed of the city.")
@click.option("--faults", is_flag=True, help="Plant faults and write answer_key.json.")
@click.option("--kinds", help="Only these kinds, separated by commas.")
@click.option("--codes", type=int, help="Number of building codes, each with a doorplate.")
@click.option("--wording", help="Style of the codes' addresses: everyday, unseen or foreign.")
def simulate(
    month: Month,
    out: Path,
    scale: float,
    seed: int,
    faults: bool,
    kinds: str | None,
    codes: int | None,
    wording: str | None,
) -> int:
    """Write a synthetic city's deliveries of MONTH, each marked as simulated."""
    from orchestration.simulation.city import simulate as make

    load_settings()
    chosen = tuple(kinds.split(",")) if kinds else None
    try:
        made = make(
            month,
            out,
            scale=scale,
            seed=seed,
            faults=faults,
            kinds=chosen,
            codes=codes,
            wording=wording,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{len(made.paths)} 个文件，{sum(made.rows.values())} 行（模拟数据）：{out}")
    return FINE
