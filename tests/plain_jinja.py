"""Renders a model's SQL without dbt: macros are plain Jinja, of which one engine's are taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import jinja2

from orchestration.settings import DBT_PROJECT_DIR


def rendered(
    source: str,
    macros: Sequence[str] = (),
    /,
    *,
    engine: str = "duckdb",
    **context: Callable[..., Any],
) -> str:
    """Return the SQL of a model or a call.

    ``macros`` are the files that it needs beside ``engines``, ``context`` dbt's words in it.
    """
    environment = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])
    known = environment.globals
    known |= context
    # dbt's own words, as far as macros use them
    known["return"] = lambda value: value
    known["adapter"] = SimpleNamespace(dispatch=lambda name: known[f"{engine}__{name}"])
    for name in ("engines", *macros):
        path = DBT_PROJECT_DIR / "macros" / f"{name}.sql"
        module = environment.from_string(path.read_text("utf-8")).module
        known |= {word: value for word, value in vars(module).items() if callable(value)}
    return environment.from_string(source).render()
