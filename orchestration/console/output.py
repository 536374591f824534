"""Printing records: as a table for people, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

Record = dict[str, Any]


def print_json(value: Any) -> None:
    """Print any plain value as indented JSON; dates as ISO text, decimals as numbers."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"cannot print {type(value).__name__} as JSON")


def print_table(title: str, records: Sequence[Record], *, missing: str = "") -> None:
    """Print records as a table; numbers to the right, nothing read as markup."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for name in records[0] if records else []:
        is_number = all(isinstance(r[name], int | float | Decimal | type(None)) for r in records)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for record in records:
        table.add_row(*(Text(_shown(value, missing)) for value in record.values()))
    console().print(table)


def _shown(value: Any, missing: str) -> str:
    return missing if value is None else str(value)


def console() -> Console:
    """Return the terminal; wide enough not to cut tables when the output is a file."""
    return Console(width=None if Console().is_terminal else 200)
