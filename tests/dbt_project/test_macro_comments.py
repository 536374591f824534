"""What a macro's comment says of its parameters is true: each one that it names is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[2] / "dbt_project"
#: A comment and the macro or generic test that follows it at once.
COMMENTED = re.compile(
    r"\{#-?((?:(?!#\}).)*)-?#\}\s*\{%-?\s*(?:macro|test)\s+(\w+)\s*\(([^)]*)\)", re.DOTALL
)
#: A parameter is written as `name`, or as p_name, which is how DuckDB's own macros take theirs.
NAMED = re.compile(r"`([a-z_]+)`|\b(p_[a-z_]{2,})\b")


def commented_macros() -> Iterator[tuple[str, str, set[str]]]:
    """Yield the comment, name and parameters of every macro and generic test that has one."""
    for folder in ("macros", "tests/generic"):
        for path in sorted((PROJECT / folder).rglob("*.sql")):
            for comment, name, parameters in COMMENTED.findall(path.read_text(encoding="utf-8")):
                taken = {item.split("=")[0].strip() for item in parameters.split(",")}
                yield comment, name, taken


def test_every_parameter_that_a_comment_names_is_one() -> None:
    others = {path.stem for path in PROJECT.rglob("*.sql")}
    found = list(commented_macros())
    lost = [
        f"{name}: {said}"
        for comment, name, parameters in found
        for said in map("".join, NAMED.findall(comment))
        if said not in parameters | others
    ]
    assert len(found) > 20
    assert lost == []
