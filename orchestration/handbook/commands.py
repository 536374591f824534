"""``commands.md``: what ``--help`` says of every command, by topic."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import click

from orchestration.console import commands
from orchestration.console.exit_codes import BUSY, FAULT, FINDINGS, FINE, USAGE
from orchestration.console.group import cli
from orchestration.handbook.markdown import table

_HEAD = """# Commands

What `fangan COMMAND --help` says, by topic. `fangan` works in the home that the
[settings](settings.md) name. Months are written `2022-10`; a district may be given by its name, its
id or its code (`姑苏区`, `gusu`, `320508`). With `--json` a command prints data for programs.

"""
_EXIT_CODES = (
    (FINE, "everything is fine"),
    (FINDINGS, "it worked, and found something that a person must look at"),
    (USAGE, "it was asked wrongly, or a settings file is not valid"),
    (BUSY, "somebody else has the month or a database; the message says who"),
    (FAULT, "a fault of ours, or interrupted; `FANGAN_TRACEBACK=1` shows where"),
)
#: Help is wrapped here, however wide the terminal is in which the page is made.
_WIDTH = 90


def page() -> str:
    """Return the page."""
    codes = table(("exit code", "means"), ((str(code), text) for code, text in _EXIT_CODES))
    return _HEAD + codes + "".join(_topics())


def _topics() -> Iterator[str]:
    for found in pkgutil.iter_modules(commands.__path__):
        module = importlib.import_module(f"{commands.__name__}.{found.name}")
        named = {name: one for name, one in cli.commands.items() if _is_of(one, module.__name__)}
        title = (module.__doc__ or "").split("\n\n")[0].rstrip(".")
        yield f"\n## {title}\n"
        for name, command in sorted(named.items()):
            yield from _helps(name, command, _root())


def _root() -> click.Context:
    return click.Context(cli, info_name="fangan", **cli.context_settings)


def _is_of(command: click.Command, module: str) -> bool:
    function = inspect.unwrap(command.callback) if command.callback else None
    return not command.hidden and getattr(function, "__module__", "") == module


def _helps(name: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    context = click.Context(command, info_name=name, parent=parent, max_content_width=_WIDTH)
    context.terminal_width = _WIDTH
    yield f"\n### {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner, sub in sorted(command.commands.items()):
            yield from _helps(inner, sub, context)
