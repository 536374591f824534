"""One version: in ``pyproject.toml``, on the newest heading of the changelog, and as printed."""

from __future__ import annotations

import re
import tomllib

from click.testing import CliRunner

from orchestration.console.group import cli
from orchestration.settings import PROJECT_ROOT

HEADING = re.compile(r"^## (\d+\.\d+\.\d+)(?: \((unreleased|\d{4}-\d{2}-\d{2})\))?$", re.MULTILINE)


def test_the_changelog_begins_with_the_projects_version() -> None:
    changelog = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    headings = HEADING.findall(changelog)
    versions = [version for version, _ in headings]
    assert len(headings) == changelog.count("\n## ")
    assert versions[0] == project["project"]["version"]
    assert versions == sorted(versions, key=lambda v: [*map(int, v.split("."))], reverse=True)
    # only what comes next may be without its day
    assert all(day != "unreleased" for _, day in headings[1:])


def test_the_command_prints_the_projects_version() -> None:
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    printed = CliRunner().invoke(cli, ["--version"])
    assert (printed.exit_code, printed.output) == (0, f"fangan {project['project']['version']}\n")
