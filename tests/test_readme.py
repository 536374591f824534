"""Every command in the README and on the pages of ``docs`` works, and prints what they say.

Two homes: the demo's, and one in which the tutorial's story happens. What ``make run`` prints is
what ``fangan month`` does; of other targets it is checked that they are there. Blocks of language
``console`` are for a reader's own files: of their commands it is checked that there are such
options.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from fenced import Block, blocks
from month_installation import Installation
from walkthrough import Walkthrough, missing_lines

import orchestration.cli  # noqa: F401 - loads every command into the group
from orchestration.console.group import cli
from orchestration.settings import PROJECT_ROOT, Settings

DOCS = PROJECT_ROOT / "docs"
README, CHINESE = (PROJECT_ROOT / name for name in ("README.md", "README.zh-CN.md"))
TUTORIAL = DOCS / "tutorial.md"
#: Written by hand, in the order in which they are followed; those of the reference are made.
PAGES = [README, *sorted(p for p in DOCS.rglob("*.md") if p.parent.name != "reference")]
ENGLISH = [page for page in PAGES if not page.name.endswith(".zh-CN.md")]
HOW_TOS = [page for page in ENGLISH if page not in (README, TUTORIAL)]
TWINS = [page for page in PAGES if page.name.endswith(".zh-CN.md")] + [CHINESE]
OTHERS = [PROJECT_ROOT / name for name in ("CONTRIBUTING.md", "dbt_project/README.md")]


Followed = tuple[Walkthrough, list[tuple[Block, str]]]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory, parsed_project: Path) -> Followed:
    """A reader who has followed the tutorial, and what was printed for each of its blocks."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "raw").symlink_to(PROJECT_ROOT / "raw")
    homes = {}
    for name in ("demo", "tutorial"):
        base = folder / "var" / name
        homes[name] = Installation(Settings(raw=base / "raw", home=base / "home").prepare())
        shutil.copytree(parsed_project, homes[name].settings.dbt, dirs_exist_ok=True)
    reader = Walkthrough(folder, homes)
    return reader, list(reader.follow(TUTORIAL, is_story=True))


def test_the_tutorial_goes_as_it_says(followed: Followed) -> None:
    for block, printed in followed[1]:
        assert missing_lines(block, printed) == [], printed


def test_the_readme_and_the_how_tos_print_what_they_say(
    followed: Followed, october: Installation
) -> None:
    reader = followed[0]
    demo = reader.homes["demo"]
    made = demo.fangan("demo", "--out", str(demo.settings.raw.parent))
    assert made.returncode == 0, made.stdout + made.stderr
    by_make = october.fangan("month", "2022-10").stdout + made.stdout
    by_make = by_make.replace(f"{reader.folder}/", "")
    wrong = {
        page.name: missing
        for page in (README, *HOW_TOS)
        for block, printed in reader.follow(page)
        if (missing := missing_lines(block, by_make + printed))
    }
    assert wrong == {}


@pytest.mark.parametrize("page", [*ENGLISH, *OTHERS], ids=lambda page: page.name)
def test_commands_have_the_options_that_are_named(page: Path) -> None:
    for command in commands(blocks(page, "sh")):
        if command[0] == "make":
            dry_run = [*command, "--dry-run"]
            subprocess.run(dry_run, cwd=PROJECT_ROOT, capture_output=True, check=True)
        assert_parses(command)
    for block in blocks(page, "console"):
        for line in block.lines:
            assert_parses(shlex.split(line.removeprefix("$ "), comments=True))


@pytest.mark.parametrize("page", TWINS, ids=lambda page: page.name)
def test_a_chinese_page_has_the_same_commands_and_outputs(page: Path) -> None:
    english = page.with_name(page.name.replace(".zh-CN", ""))
    assert list(commands(blocks(page, "sh"))) == list(commands(blocks(english, "sh")))
    for language in ("text", "csv", "toml", "console"):
        assert blocks(page, language) == blocks(english, language)


def test_readmes_are_short_and_their_pictures_small() -> None:
    for page in (README, CHINESE):
        assert len(page.read_text(encoding="utf-8").splitlines()) <= 150
    pictures = (DOCS / "pictures").iterdir()
    assert sum(picture.stat().st_size for picture in pictures) < 300_000


@pytest.mark.parametrize("page", [*PAGES, CHINESE, *OTHERS], ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)[^):]*\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def commands(found: list[Block]) -> Iterator[list[str]]:
    return (command for block in found for command in block.commands)


def assert_parses(command: list[str]) -> None:
    """Fail for a command or an option that there is not; nothing is run."""
    if not command or command[0] != "fangan":
        return
    found: click.Command = cli
    words = command[1:]
    while isinstance(found, click.Group):
        found = found.commands[words.pop(0)]
    context = click.Context(found, resilient_parsing=True, **cli.context_settings)
    found.make_parser(context).parse_args(words)
