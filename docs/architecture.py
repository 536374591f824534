"""Draws the house: rooms and the imports between them, from the code, into ``architecture.md``.

``python docs/architecture.py`` (or ``make docs``) writes the part between the two markers again; a
test holds it against the code. What a room is for is the first sentence of its docstring.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import grimp

PROJECT = Path(__file__).parents[1]
PAGE = Path(__file__).with_suffix(".md")
BEGIN, END = "<!-- begin: made by docs/architecture.py -->\n", "<!-- end -->\n"
#: Folders whose rooms are drawn, each with the package beside it that they use.
HOUSES = (("orchestration", ("expectations",)), ("orchestration.publication", ()))
Arrows = dict[str, set[str]]


def drawn() -> str:
    """Return the pictures and tables of all houses as Markdown."""
    graph = grimp.build_graph("orchestration", "expectations", cache_dir=None)
    return "\n".join(_house(graph, house, beside) for house, beside in HOUSES)


def page() -> str:
    """Return the page with its drawn part made again."""
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    return f"{before}{BEGIN}\n{drawn()}\n{END}{after}"


def _house(graph: grimp.ImportGraph, house: str, beside: Iterable[str]) -> str:
    rooms = sorted([*graph.find_children(house), *beside])
    arrows = {room: _used_by(graph, room, rooms) for room in rooms}
    names = {room: room.removeprefix(f"{house}.") for room in rooms}
    picture = "".join(
        f"  {names[room]} --> {names[used]}\n"
        for room in rooms
        for used in sorted(_shortest(arrows, room))
    )
    table = "".join(
        f"| `{names[room]}` | {_purpose(room)} |"
        f" {', '.join(names[used] for used in sorted(arrows[room])) or '—'} |\n"
        for room in rooms
    )
    return (
        f"### {house}\n\n```mermaid\nflowchart TD\n{picture}```\n\n"
        f"| room | what lives there | imports from |\n| --- | --- | --- |\n{table}"
    )


def _used_by(graph: grimp.ImportGraph, room: str, rooms: list[str]) -> set[str]:
    """Return the other rooms from which any module of a room imports."""
    modules = {room} | graph.find_descendants(room)
    imported = {
        used for module in modules for used in graph.find_modules_directly_imported_by(module)
    }
    return {
        other
        for other in rooms
        if other != room and any(f"{used}.".startswith(f"{other}.") for used in imported)
    }


def _shortest(arrows: Arrows, room: str) -> set[str]:
    """Return the rooms that a room uses itself and not also through another."""
    return {
        used
        for used in arrows[room]
        if not any(used in _reached(arrows, other) for other in arrows[room] - {used})
    }


def _reached(arrows: Arrows, room: str) -> set[str]:
    found: set[str] = set()
    ahead = {room}
    while ahead:
        ahead = set().union(*(arrows[one] for one in ahead)) - found
        found |= ahead
    return found


def _purpose(room: str) -> str:
    """Return the first sentence of a room's docstring in one line."""
    path = PROJECT.joinpath(*room.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("``", "`")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
