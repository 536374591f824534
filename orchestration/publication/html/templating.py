"""Renders pages from templates: escaped, strict, and safe from letters that reorder text.

This is the only module that creates a template environment; add a filter here when a second page
needs it. Every template can use ``vocabulary``. A page's own module prepares its values,
``templates/`` has its look.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.formats.colours import CHART_COLOURS
from orchestration.formats.plain_text import page_text
from orchestration.publication.bulletin import wording
from orchestration.reference import vocabulary
from orchestration.reference.months import chinese_date

_TEMPLATES = Path(__file__).parent / "templates"


def safe(value: object) -> object:
    """Return text without deceiving letters; numbers and our own markup stay unchanged."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return page_text(value)
    return value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "printed": wording.printed_value,
        "row_name": wording.row_name,
        "vintage_name": wording.vintage_name,
        "kind_name": wording.kind_name,
        "chinese_date": chinese_date,
        "reconciled": wording.reconciled_value,
    }
    environment.globals |= {"vocabulary": vocabulary, "chart_colours": CHART_COLOURS}
    return environment


def render(template: str, **values: object) -> str:
    """Render a template of ``templates/``; raise UndefinedError for a value that is not given."""
    return _environment().get_template(template).render(**values)
