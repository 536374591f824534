"""Renders a model's SQL without dbt: its macros are plain Jinja, of which DuckDB's are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import jinja2

from orchestration.settings import DBT_PROJECT_DIR


def rendered(source: str, macros: Sequence[str], /, **context: Callable[..., Any]) -> str:
    """Return the SQL of a model or call, with the files of macros that it needs and its context."""
    environment = jinja2.Environment(autoescape=False)
    environment.globals |= context
    known = environment.globals
    # dbt's own words, as far as macros use them
    known["return"] = lambda value: value
    known["adapter"] = SimpleNamespace(dispatch=lambda name: known[f"duckdb__{name}"])
    for name in ("engines", *macros):
        path = DBT_PROJECT_DIR / "macros" / f"{name}.sql"
        module = environment.from_string(path.read_text("utf-8")).module
        known |= {word: value for word, value in vars(module).items() if callable(value)}
    return environment.from_string(source).render()
