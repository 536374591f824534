"""Prints records: as tables for people, as JSON for programs.

Add a way of printing here when two commands need it; what is printed is in the commands' modules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from orchestration.formats.plain_text import terminal_text
from orchestration.reference import vocabulary

Record = dict[str, Any]
_Result = TypeVar("_Result")


def print_json(value: Any) -> None:
    """Print a plain value as indented JSON, with ISO dates and decimals as numbers."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"cannot print {type(value).__name__} as JSON")


def path_from_here(path: Path | str) -> str:
    """Return a path as seen from the current folder if it lies below, else whole."""
    whole, here = Path(path), Path.cwd()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else whole)


def print_result(result: _Result, as_json: bool, show: Callable[[_Result], None]) -> None:
    """Print what a command found: as JSON, or by ``show`` as people read it."""
    if as_json:
        print_json(result)
    else:
        show(result)


def print_table(title: str, records: Sequence[Record], *, missing: str = "") -> None:
    """Print records as a table with numbers on the right; text is never read as markup."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    _fill(table, records, missing)
    console().print(table)


def print_narrow_table(
    title: str, records: Sequence[Record], wrapping: str = "", indent: int = 0
) -> None:
    """Print records without lines between columns, so that many fit into 80 characters.

    If they do not fit, only the column ``wrapping`` is wrapped. A value may be a styled ``Text``.
    """
    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    _fill(table, records, "")
    for column in table.columns:
        column.no_wrap = column.header != wrapping
    console().print(Padding(table, (0, 0, 0, indent), expand=False))


def print_line(text: str, indent: int) -> None:
    """Print one paragraph, indented by ``indent`` characters."""
    console().print(Padding(_harmless(text), (0, 0, 0, indent), expand=False))


def _fill(table: Table, records: Sequence[Record], missing: str) -> None:
    for name in records[0] if records else []:
        is_number = all(isinstance(r[name], int | float | Decimal | type(None)) for r in records)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for record in records:
        table.add_row(*(_shown(value, missing) for value in record.values()))


def _shown(value: Any, missing: str) -> Text:
    if isinstance(value, Text):
        return value
    return _harmless(missing if value is None else str(value))


def _harmless(text: str) -> Text:
    """Return a text without control characters: a delivered name must not steer the terminal."""
    return Text(terminal_text(text))


def conservation_line(record: Record) -> str:
    """Return a line that shows how the rows of a delivered file add up.

    >>> conservation_line({"row_count": 4, "itemised": {"title": 1, "header": 1},
    ...     "accepted_count": 1, "quarantined_count": 1, "is_conserved": True})
    '文件 4 行 ＝ 标题 1 ＋ 表头 1 ＋ 采用 1 ＋ 隔离 1 ✓'
    """
    parts = [f"{vocabulary.ROW_ROLES[role]} {count}" for role, count in record["itemised"].items()]
    parts += [
        f"{outcome} {record[f'{name}_count']}" for name, outcome in vocabulary.ROW_OUTCOMES.items()
    ]
    sign, mark = ("＝", "✓") if record["is_conserved"] else ("≠", "✗ 有行去向不明，是平台的错误")
    return f"文件 {record['row_count']} 行 {sign} {' ＋ '.join(parts)} {mark}"


def console() -> Console:
    """Return the terminal, or 200 characters of width if the output is a file."""
    return Console(width=None if Console().is_terminal else 200)
