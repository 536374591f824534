"""Rendering a page from its template: escaped, strict, and safe from letters that reorder text.

The one place that makes a template environment; add a filter here when a second page needs it.
Every template may say the words of ``vocabulary``.
What a page shows is prepared by its own module, how it looks stands in ``templates/``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.publication.bulletin import wording
from orchestration.reference import vocabulary

_TEMPLATES = Path(__file__).parent / "templates"
#: Controls but tab and line feed, and what turns the direction of the text after it: a file name
#: could otherwise show another ending than it has.
_DECEIVING = [
    *range(0x00, 0x09),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    0x061C,
    *range(0x200E, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xFFFE, 0x10000),
]
_SHOWN_INSTEAD = dict.fromkeys(_DECEIVING, "\N{REPLACEMENT CHARACTER}")


def plain(value: object) -> object:
    """Return text with every deceiving character replaced by ``�``; anything else as it is.

    >>> plain("cod\N{RIGHT-TO-LEFT OVERRIDE}.xlsx")
    'cod�.xlsx'
    """
    if isinstance(value, str) and not isinstance(value, Markup):
        return value.translate(_SHOWN_INSTEAD)
    return value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "printed": wording.printed_value,
        "row_name": wording.row_name,
        "kind_name": wording.kind_name,
        "chinese_date": wording.chinese_date,
        "reconciled": wording.reconciled_value,
    }
    environment.globals["vocabulary"] = vocabulary
    return environment


def render(template: str, **values: object) -> str:
    """Return a page of ``templates/``; a name the template uses and nobody gives raises."""
    return _environment().get_template(template).render(**values)
