from __future__ import annotations

import multiprocessing
import multiprocessing.synchronize
import sqlite3
import sys
from pathlib import Path

import pytest

from orchestration.cli import main
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


def test_a_ledger_of_a_newer_program_is_refused_unchanged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(sqlite3.connect(settings.ledger), (*STEPS, _add_column))
    before = settings.ledger.read_bytes()
    with pytest.raises(NewerLedgerError, match=f"version {len(STEPS) + 1}"):
        Ledger(settings.ledger)
    monkeypatch.setattr(sys, "argv", ["fangan", "status"])
    with pytest.raises(SystemExit) as left:
        main()
    printed = capsys.readouterr().err
    assert (left.value.code, "Our fault" in printed) == (USAGE, False)
    assert f"第{len(STEPS) + 1}版" in printed
    assert settings.ledger.read_bytes() == before


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
