"""Every command in the README works, and prints what the README says that it prints.

They run in one demo home, as a reader would type them one after the other. What ``make run``
prints is what ``fangan month`` does; of other targets it is checked that they are there, and of
commands on other pages that they have the options which are named.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from fenced import Block, blocks
from month_installation import Installation

import orchestration.cli  # noqa: F401 - loads every command into the group
from orchestration.console.group import cli
from orchestration.settings import PROJECT_ROOT, Settings

README, CHINESE = (PROJECT_ROOT / name for name in ("README.md", "README.zh-CN.md"))
PAGES = [PROJECT_ROOT / "CONTRIBUTING.md", *sorted((PROJECT_ROOT / "docs").glob("*.md"))]
#: Words of the shell: what they do, the test does for them.
SHELL = ("source", "export")
FINE_OR_FINDINGS = (0, 1)
Demo = tuple[Installation, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, parsed_project: Path) -> Demo:
    """The home that ``fangan demo`` makes, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    made = Installation(Settings(raw=folder / "raw", home=folder / "home").prepare())
    shutil.copytree(parsed_project, made.settings.dbt, dirs_exist_ok=True)
    run = made.fangan("demo", "--out", str(folder))
    assert run.returncode == 0, run.stdout + run.stderr
    return made, run.stdout.replace(str(folder), "var/demo")


def test_every_command_works_and_prints_what_stands_below(
    demo: Demo, october: Installation
) -> None:
    installation, made = demo
    printed = {"make run": october.fangan("month", "2022-10").stdout, "make demo": made}
    for command in commands(blocks(README, "sh")):
        line = " ".join(command)
        if command[0] == "make":
            dry_run = [*command, "--dry-run"]
            subprocess.run(dry_run, cwd=PROJECT_ROOT, capture_output=True, check=True)
        elif command[0] not in SHELL:
            printed[line] = outcome(installation, command)
    said = [line for block in blocks(README, "text") for line in block.lines]
    together = squeezed("\n".join(printed.values()))
    assert [line for line in said if squeezed(line) not in together] == []


def test_commands_on_other_pages_have_the_options_that_are_named() -> None:
    found = list(commands([block for page in PAGES for block in blocks(page, "sh")]))
    assert found
    for command in found:
        assert_parses(command)


def test_the_chinese_readme_has_the_same_commands_and_outputs() -> None:
    assert list(commands(blocks(CHINESE, "sh"))) == list(commands(blocks(README, "sh")))
    assert blocks(CHINESE, "text") == blocks(README, "text")


def test_readmes_are_short_and_their_pictures_small() -> None:
    for page in (README, CHINESE):
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 150
    pictures = (PROJECT_ROOT / "docs" / "pictures").iterdir()
    assert sum(picture.stat().st_size for picture in pictures) < 300_000


@pytest.mark.parametrize("page", [README, CHINESE, *PAGES], ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)[^):]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def commands(found: list[Block]) -> Iterator[list[str]]:
    return (command for block in found for command in block.commands)


def outcome(installation: Installation, command: list[str]) -> str:
    """Run a command of the README in the demo's home; return what it printed."""
    assert command[0] == "fangan"
    folder = installation.settings.raw.parent
    arguments = [str(path) for word in command[1:] for path in expanded(word, folder)]
    run = installation.fangan(*arguments)
    assert run.returncode in FINE_OR_FINDINGS, (command, run.stdout, run.stderr)
    return run.stdout + run.stderr


def expanded(word: str, demo: Path) -> list[str | Path]:
    """Return what the shell makes of a word that names files in the demo; others as they are."""
    inside = word.removeprefix("var/demo/")
    if inside == word:
        return [word]
    return sorted(demo.glob(inside)) if "*" in inside else [demo / inside]


def squeezed(text: str) -> str:
    """Return a text without the spaces that a table puts in."""
    return re.sub(r"[ │┃]+", " ", text)


def assert_parses(command: list[str]) -> None:
    """Fail for a command or an option that there is not; nothing is run."""
    if command[0] != "fangan":
        return
    found: click.Command = cli
    words = command[1:]
    while isinstance(found, click.Group):
        found = found.commands[words.pop(0)]
    context = click.Context(found, resilient_parsing=True)
    found.make_parser(context).parse_args(words)
