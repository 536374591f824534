"""The files of a server, filled in: systemd takes them, and they name what is there."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.settings import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"
#: systemd's sum of what a unit may do, 0 to 10; its own word for less than 2 is OK.
MOST_EXPOSURE = 2.0


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled files of this checkout, for a home in a temporary folder."""
    folder = tmp_path_factory.mktemp("deploy")
    main = runpy.run_path(str(DEPLOY / "fill.py"))["main"]
    main(
        [
            str(folder / "files"),
            *("--program", str(PROJECT_ROOT), "--home", str(folder / "home")),
        ]
    )
    return folder / "files"


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        package = {"systemd-analyze": "systemd"}.get(command[0], command[0])
        pytest.skip(f"no {command[0]}: apt-get install {package}")
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_nothing_is_left_to_fill_in_and_nothing_is_of_one_machine(files: Path) -> None:
    for file in files.iterdir():
        text = file.read_text(encoding="utf-8")
        assert "@HOME@" not in text
        assert file.stat().st_mode & 0o777 == 0o600
    for template in (DEPLOY / "templates").iterdir():
        assert "/work" not in template.read_text(encoding="utf-8")


def test_systemd_takes_the_units(files: Path) -> None:
    units = sorted(str(file) for file in files.iterdir() if file.suffix in (".service", ".timer"))
    assert len(units) == 10
    result = _run("systemd-analyze", "verify", *units)
    told = [line for line in result.stderr.splitlines() if "fangan" in line]
    assert (result.returncode, told) == (0, [])


def test_a_unit_may_do_little(files: Path) -> None:
    units = sorted(str(file) for file in files.glob("*.service"))
    limit = str(int(MOST_EXPOSURE * 10))
    result = _run("systemd-analyze", "security", "--offline=true", f"--threshold={limit}", *units)
    assert result.returncode == 0, result.stdout


def test_every_program_that_a_unit_starts_is_there(files: Path) -> None:
    for unit in files.glob("*.service"):
        lines = unit.read_text(encoding="utf-8").splitlines()
        starts = [line.split("=", 1)[1].split() for line in lines if line.startswith("ExecStart")]
        for program, *arguments in starts:
            assert (Path(sys.executable).parent / Path(program).name).exists(), program
            if Path(program).name == "fangan":
                assert arguments[0] in _commands(), unit.name


def _commands() -> set[str]:
    import orchestration.cli

    return set(orchestration.cli.cli.commands)


def test_the_services_of_the_containers_are_the_units(files: Path) -> None:
    compose: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    units = {unit.stem.removeprefix("fangan-") for unit in files.glob("*.service")}
    assert set(compose["services"]) - {"postgres", "owner"} == units - {"prune", "backup"}
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name
