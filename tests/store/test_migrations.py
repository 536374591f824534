from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from orchestration.cli import cli, main
from orchestration.console.exit_codes import USAGE
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.migrations import STEPS, NewerLedgerError, migrate


def _version(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute("pragma user_version").fetchone()[0])


def _tables(path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(path) as connection:
        return connection.execute("select name, sql from sqlite_master order by name").fetchall()


def _add_column(connection: sqlite3.Connection) -> None:
    connection.execute("alter table sample add column added_later text")


def _fail(connection: sqlite3.Connection) -> None:
    connection.execute("create table half_made (a)")
    raise RuntimeError("the step fails half-way")


def test_a_new_ledger_has_every_step_in_its_version(settings: Settings) -> None:
    Ledger(settings.ledger)
    assert _version(settings.ledger) == len(STEPS)


def test_a_ledger_without_version_is_migrated_and_keeps_its_rows(
    settings: Settings,
) -> None:
    with sqlite3.connect(settings.ledger) as connection:
        STEPS[0](connection)  # what commit 54aaec0 made, without a version
        connection.execute("insert into publication values (1, '2022-10', 'f', '2022-11-01')")
    migrate(sqlite3.connect(settings.ledger), (*STEPS, _add_column))
    assert _version(settings.ledger) == len(STEPS) + 1
    with sqlite3.connect(settings.ledger) as connection:
        assert connection.execute("select fingerprint from publication").fetchall() == [("f",)]
        assert connection.execute("select added_later from sample").fetchall() == []


def test_a_step_that_fails_leaves_the_ledger_as_it_was(settings: Settings) -> None:
    Ledger(settings.ledger)
    before = _tables(settings.ledger)
    with pytest.raises(RuntimeError):
        migrate(sqlite3.connect(settings.ledger), (*STEPS, _add_column, _fail))
    assert (_tables(settings.ledger), _version(settings.ledger)) == (before, len(STEPS))


def test_a_step_must_not_leave_dangling_references(settings: Settings) -> None:
    def orphan(connection: sqlite3.Connection) -> None:
        connection.execute("insert into withdrawal values (7, '2022-11-01', 'no such delivery')")

    Ledger(settings.ledger)
    with pytest.raises(sqlite3.IntegrityError):
        migrate(sqlite3.connect(settings.ledger), (*STEPS, orphan))
    assert _version(settings.ledger) == len(STEPS)


#: Each command that opens the home, with arguments that are right.
COMMANDS = (
    "identifiers 2022-10",
    "review export 2022-10",
    "review import {file}",
    "return 2022-10",
    "sample 2022-10 --size 1 --seed 1",
    "doctor --mend",
    "verify",
    "rebuild",
    "dev",
    "lookup A",
    "serve",
    "query show",
    "site",
    "explain 2022-10 gusu verified_count",
    "release 2022-10 --note text",
    "diff 2022-10 1 2",
    "audit verify",
    "withdraw 1 --note text --yes",
    "month 2022-10",
    "backfill 2022-10..2022-11",
    "prepare",
    "watch --once",
    "status",
    "backup {folder}",
    "restore {folder}",
    "prune --yes",
)
#: Commands that open no home, or only a folder of their own, or look and change nothing.
_WITHOUT_A_HOME = {"address", "check", "template", "rules", "demo", "simulate"}


def test_every_command_is_tried_on_the_home_of_a_newer_program() -> None:
    assert {command.split()[0] for command in COMMANDS} | _WITHOUT_A_HOME == set(cli.commands)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.split()[0])
def test_the_home_of_a_newer_program_is_refused_unchanged(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    with closing(sqlite3.connect(settings.ledger)) as connection:
        migrate(connection, (*STEPS, _add_column))
        connection.execute("update program set program_version = '9.9.9'")
        connection.commit()
    with pytest.raises(NewerLedgerError, match=f"version {len(STEPS) + 1}"):
        Ledger(settings.ledger)
    shutil.rmtree(settings.accepted)  # would be created again
    (tmp_path / "file.csv").touch()
    before = _content(settings.home)
    places = {"file": tmp_path / "file.csv", "folder": tmp_path / "folder"}
    monkeypatch.setattr(sys, "argv", ["fangan", *command.format(**places).split()])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr().err
    assert left.value.code == USAGE, printed
    assert f"第{len(STEPS) + 1}版" in printed
    assert "fangan 9.9.9" in printed
    assert _content(settings.home) == before


def _content(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def test_processes_that_open_a_new_home_together_create_one_ledger(settings: Settings) -> None:
    context = multiprocessing.get_context("fork")
    start = context.Barrier(4)
    children = [context.Process(target=_open, args=(settings.ledger, start)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 4
    assert _version(settings.ledger) == len(STEPS)


def _open(path: Path, start: multiprocessing.synchronize.Barrier) -> None:
    start.wait()
    Ledger(path)
