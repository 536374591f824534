"""Docstrings and comments send a reader only to what is there: modules move, sentences stay."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

PROJECT = Path(__file__).parents[1]
FILES = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=PROJECT,
    capture_output=True,
    text=True,
    check=True,
).stdout.splitlines()
MODULES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for room in ("orchestration", "expectations", "tests")
    for path in (PROJECT / room).rglob("*.py")
}
#: Rooms say what lies in them; an ``__init__`` with code of its own is a module like others.
ROOMS = {
    path.parent: ast.get_docstring(tree) or ""
    for path, tree in MODULES.items()
    if path.name == "__init__.py" and len(tree.body) == 1
}
#: Files of the project, told by their suffix.
SOURCE = re.compile(r"[\w*./-]*\w\.(?:py|sql|yml|csv|md|j2|typ|css)")
#: What a run writes, and what an operator writes into a home; it is looked for nowhere.
OUTPUT = re.compile(r".*\.(?:html|docx|xlsx|pdf|duckdb|json|sqlite)|messages\.toml")
PROJECT_PATH = re.compile(r"\b(?:orchestration|expectations|dbt_project|tests)/[\w/-]+(?:\.\w+)+\b")
WITH_COMMENTS = {".py", ".sql", ".yml", ".md", ".toml", ".j2", ".typ"}
#: Changelogs name what was there at their time, a how-to what its reader is to add.
OF_THEIR_TIME = {"CHANGELOG.md", "docs/how-to/new-kind.md"}


def docstrings() -> Iterator[tuple[Path, str]]:
    """Yield every docstring of the code with the file that it stands in."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path, tree in MODULES.items():
        for node in ast.walk(tree):
            if isinstance(node, owners):
                yield path, ast.get_docstring(node) or ""


def test_what_a_room_names_lies_in_it_or_around_it() -> None:
    lost = [
        f"{room.relative_to(PROJECT)}: {name}"
        for room, text in ROOMS.items()
        for name in re.findall(r"``([a-z_][\w.]*)``", text)
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
    marts = (PROJECT / "dbt_project" / "models").rglob("*.sql")
    known = {path.stem for path in (*MODULES, *marts)} | {path.parent.name for path in MODULES}
    said = [
        (path, owner)
        for path, tree in MODULES.items()
        for owner in re.findall(r"``([a-z_.]+)``'", ast.get_docstring(tree) or "")
    ]
    lost = [
        f"{path.relative_to(PROJECT)}: {owner}"
        for path, owner in said
        if not known.issuperset(owner.split("."))
    ]
    assert said
    assert lost == []


def test_every_module_that_a_docstring_names_with_its_room_is_there() -> None:
    """``room.module``, ``module.name`` and ``room/module`` in any docstring."""
    lost = [
        f"{path.relative_to(PROJECT)}: {name}"
        for path, text in docstrings()
        for name in re.findall(r"``([a-z_]+(?:[./][A-Za-z_]+)+)``", text)
        if not SOURCE.fullmatch(name) and not OUTPUT.fullmatch(name) and not is_there(name)
    ]
    assert lost == []


def is_there(name: str) -> bool:
    """Whether a name leads to a folder, a module or a word in one; true for what is not ours."""
    if (PROJECT / name).exists():
        return True
    *parts, last = re.split(r"[./]", name)
    modules = {path.relative_to(PROJECT).with_suffix("").parts: path for path in MODULES}
    rooms = {path[:-1] for path in modules}
    if not any(parts[0] in path for path in (*modules, *rooms)):
        return True
    whole, outer = (*parts, last), tuple(parts)
    if any(path[-len(whole) :] == whole for path in (*modules, *rooms)):
        return True
    return any(
        path[-len(outer) :] == outer and re.search(rf"\b{last}\b", file.read_text("utf-8"))
        for path, file in modules.items()
    )


def test_every_source_file_that_a_docstring_names_is_there() -> None:
    lost = [
        f"{path.relative_to(PROJECT)}: {name}"
        for path, text in docstrings()
        for name in re.findall(r"``([^`]+)``", text)
        if SOURCE.fullmatch(name) and not any(fnmatch(f"/{file}", f"*/{name}") for file in FILES)
    ]
    assert lost == []


def test_every_path_of_the_project_in_any_text_is_there() -> None:
    """Comments of SQL, YAML and Markdown name files too."""
    texts = {
        file: (PROJECT / file).read_text(encoding="utf-8-sig")
        for file in FILES
        if Path(file).suffix in WITH_COMMENTS and file not in OF_THEIR_TIME
        if (PROJECT / file).is_file()
    }
    lost = [
        f"{file}: {name}"
        for file, text in texts.items()
        for name in set(PROJECT_PATH.findall(text)) - written_by_the_reader(text)
        if not any((folder / name).exists() for folder in (PROJECT, (PROJECT / file).parent))
    ]
    assert lost == []


def written_by_the_reader(text: str) -> set[str]:
    """Return the files that a how-to shows to be written; its own test writes them."""
    return set(re.findall(r'^```\w+ title="([^"]+)"', text, re.MULTILINE))
