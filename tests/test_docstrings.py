"""Docstrings send a reader only to what is there: modules move, sentences about them stay."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).parents[1]
MODULES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in (PROJECT / "orchestration").rglob("*.py")
}
#: Rooms tell what lies in them; an ``__init__`` with code of its own is a module like others.
ROOMS = {
    path.parent: ast.get_docstring(tree) or ""
    for path, tree in MODULES.items()
    if path.name == "__init__.py" and len(tree.body) == 1
}


def test_what_a_room_names_lies_in_it_or_around_it() -> None:
    lost = [
        f"{room.relative_to(PROJECT)}: {name}"
        for room, text in ROOMS.items()
        for name in re.findall(r"``([\w.]+)``", text)
        if not lies_around(room, name)
    ]
    assert lost == []
    assert all(ROOMS.values())


def lies_around(room: Path, name: str) -> bool:
    """Whether a name is a file, or its first part a module or folder, here or further up."""
    first = name.split(".")[0]
    around = [room, *(folder for folder in room.parents if folder.is_relative_to(PROJECT))]
    return any(
        (folder / entry).exists() for folder in around for entry in (name, first, f"{first}.py")
    )


def test_what_is_said_to_be_anothers_has_that_other() -> None:
    """A docstring that says what stays out, "is ``x``'s", names a module, a room or a mart."""
    others = [
        *(PROJECT / "expectations").rglob("*.py"),
        *(PROJECT / "dbt_project" / "models").rglob("*.sql"),
    ]
    known = {path.stem for path in (*MODULES, *others)} | {room.name for room in ROOMS}
    known.add("expectations")
    named = [
        (path, owner)
        for path, tree in MODULES.items()
        for owner in re.findall(r"``([a-z_.]+)``'", ast.get_docstring(tree) or "")
    ]
    lost = [
        f"{path.relative_to(PROJECT)}: {owner}"
        for path, owner in named
        if not known.issuperset(owner.split("."))
    ]
    assert named
    assert lost == []
