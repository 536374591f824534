"""What differs on PostgreSQL: tables, versions, locks, a server that goes away, moving there."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from ledger_places import client, tamper
from postgres_server import Server

from orchestration.choices import ConfigurationError
from orchestration.reference.months import Month
from orchestration.settings import Settings, load_settings
from orchestration.store.databases.copying import TABLES, LedgerNotEmptyError
from orchestration.store.databases.postgres import LedgerServerError, PostgresConnection
from orchestration.store.databases.postgres_tables import migrate_server, server_faults
from orchestration.store.ledger import Ledger
from orchestration.store.ledger_database import (
    copy_whole_ledger,
    ledger_version,
    refuse_newer,
)
from orchestration.store.locks import (
    BusyError,
    held_locks,
    holding,
    left_locks,
    lock_owners,
)
from orchestration.store.migrations import STEPS, NewerLedgerError
from orchestration.store.records import DeliveredFile

OCTOBER = Month(2022, 10)


@pytest.fixture
def url(postgres_server: Server) -> str:
    return postgres_server.schema()


def _arrive(ledger: Ledger, sha256: str) -> int:
    part = DeliveredFile("月报.xlsx", sha256)
    return ledger.record_arrival(OCTOBER, "gusu", "monthly_report", sha256, 1, (part,)).delivery_id


def test_both_databases_have_the_same_columns(settings: Settings, url: str) -> None:
    Ledger(settings.ledger), Ledger(url)
    with client(settings.ledger_file) as file, client(url) as server:
        for table in (*TABLES, "program"):
            file.execute(f"pragma table_info({table})")
            server.execute(
                "select column_name, is_nullable from information_schema.columns"
                " where table_schema = current_schema() and table_name = %s"
                " order by ordinal_position",
                [table],
            )
            wanted = [
                (name, "NO" if is_required or is_key else "YES")
                for _, name, _, is_required, _, is_key in file.fetchall()
            ]
            assert server.fetchall() == wanted, table


def test_a_newer_programs_ledger_is_refused_unchanged(url: str) -> None:
    with closing(PostgresConnection(url)) as connection:
        migrate_server(connection, (*STEPS, lambda one: one.execute("create table later (a int)")))
    assert ledger_version(url) == len(STEPS) + 1
    for opens in (Ledger, refuse_newer):
        with pytest.raises(NewerLedgerError, match=f"version {len(STEPS) + 1}"):
            opens(url)


def test_a_step_that_fails_leaves_the_ledger_as_it_was(url: str) -> None:
    Ledger(url)

    def fail(connection: PostgresConnection) -> None:
        connection.execute("create table half_made (a int)")
        raise RuntimeError("the step fails half-way")

    with closing(PostgresConnection(url)) as connection, pytest.raises(RuntimeError):
        migrate_server(connection, (*STEPS, fail))
    with client(url) as cursor:
        cursor.execute("select to_regclass('half_made')")
        assert cursor.fetchone() == (None,)
    assert ledger_version(url) == len(STEPS)


def test_a_database_that_cannot_hold_chinese_is_refused(postgres_server: Server) -> None:
    postgres_server.execute(
        "template1", "create database latin encoding 'LATIN1' locale 'C' template template0"
    )
    with pytest.raises(ConfigurationError, match="--encoding=UTF8"):
        Ledger(postgres_server.url("latin"))


def test_a_copy_has_every_row_and_goes_on_from_there(
    settings: Settings, url: str, postgres_server: Server
) -> None:
    there, back = url, settings.home / "back.sqlite"
    ledger = Ledger(settings.ledger)
    ledger.record_reading(_arrive(ledger, "a"), "reader", "hash", {"itemised": []})
    ledger.record_withdrawal(1, "wrong file")
    ledger.record_publication(OCTOBER, "from this")
    place = (Path("/backups"), "first")
    ledger.record_backup(place, "hash", counts=(1, 2), is_complete=False)
    copy_whole_ledger(settings.ledger, there)
    copy_whole_ledger(there, back)
    heads = {"the home": ledger.audit_head()}
    for copy in (Ledger(there), Ledger(back)):
        assert copy.verify_audit(heads).faults == ()
        assert copy.last_backup() == ledger.last_backup()
        assert copy.last_backup(complete=True) is None
        assert _arrive(copy, "b") == 2
        assert copy.verify_audit(heads).entry_count == 5
    with pytest.raises(LedgerNotEmptyError, match="arrival"):
        copy_whole_ledger(settings.ledger, there)


def test_what_guards_the_facts_is_missed_when_it_is_gone(url: str) -> None:
    Ledger(url)
    assert server_faults(url) == []
    tamper(url)
    assert "trigger audit_is_numbered is missing or disabled" in server_faults(url)


def test_a_lock_on_the_server_names_its_owner_and_ends_with_it(url: str) -> None:
    with holding(url, "month", "fangan month"):
        with pytest.raises(BusyError, match=f"month is in use by process {os.getpid()}"):
            holding(url, "month").__enter__()
        with holding(url, "return-2022-10-gusu"):
            assert list(held_locks(url)) == ["month", "return-2022-10-gusu"]
        assert lock_owners(url) == {os.getpid()}
    assert held_locks(url) == left_locks(url) == {}


def test_a_lock_on_the_server_ends_with_its_process(url: str) -> None:
    program = (
        "import os, sys\n"
        "from orchestration.store.locks import holding\n"
        "with holding(sys.argv[1], 'month'):\n"
        "    os._exit(9)\n"
    )
    died = subprocess.run([sys.executable, "-c", program, url], check=False)
    assert died.returncode == 9
    with holding(url, "sample"):  # by now the server has seen the other end
        pass
    assert list(left_locks(url)) == ["month"]
    with holding(url, "month"):
        assert list(held_locks(url)) == ["month"]


def test_an_owner_on_another_host_is_named_and_is_none_of_our_processes(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(url, "month"):
        monkeypatch.setattr("orchestration.store.locks.socket.gethostname", lambda: "other")
        assert " on " in held_locks(url)["month"]
        assert lock_owners(url) == set()


def _cut_connections(server: Server) -> None:
    server.execute(
        "shared",
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'fangan' and pid <> pg_backend_pid()",
    )


def test_who_lost_the_lock_is_told(url: str, postgres_server: Server) -> None:
    with pytest.raises(LedgerServerError, match="记录库服务器"), holding(url, "month"):
        _cut_connections(postgres_server)


def test_a_ledger_goes_on_after_its_connection_was_cut(url: str, postgres_server: Server) -> None:
    ledger = Ledger(url)
    _arrive(ledger, "a")
    _cut_connections(postgres_server)
    with pytest.raises(LedgerServerError):
        _arrive(ledger, "b")
    assert _arrive(ledger, "b") == 2
    assert ledger.verify_audit({}).faults == ()


def test_a_server_that_is_away_is_said_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://fangan:secret@/dagster?host={tmp_path}"
    with pytest.raises(LedgerServerError, match="No such file") as told:
        Ledger(url)
    assert "secret" not in str(told.value)
    assert str(tmp_path) in str(told.value)


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGAN_LEDGER", "mysql://fangan:secret@host/ledger")
    with pytest.raises(ConfigurationError, match="postgresql://") as told:
        load_settings()
    assert "secret" not in str(told.value)
    assert "secret" not in repr(Settings(Path("raw"), Path("home"), ledger_url="secret"))
    with pytest.raises(ConfigurationError) as invalid:
        Ledger("postgresql://fangan:secret@host:port:1/ledger?no=such")
    assert "secret" not in str(invalid.value)
