"""A home moves to servers by backup and restore, and is backed up from there as a whole."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from deliver import OCTOBER
from postgres_server import Server

from orchestration.settings import Settings
from orchestration.store.archive import checked_version, store_version
from orchestration.store.databases.copying import LedgerNotEmptyError
from orchestration.store.ledger import Ledger
from orchestration.store.objects.shared import stored_sizes
from orchestration.store.records import DeliveredFile
from orchestration.upkeep.backups import back_up
from orchestration.upkeep.restoring import restore


def _deliver(settings: Settings) -> str:
    """Take one file in; return its hash."""
    delivered = settings.raw / "月报.csv"
    delivered.write_text("as delivered", encoding="utf-8")
    archived = store_version(settings.archive, delivered)
    parts = (DeliveredFile(delivered.name, archived.sha256),)
    Ledger(settings.ledger).record_arrival(
        OCTOBER, "gusu", "monthly_report", archived.sha256, archived.size, parts
    )
    return archived.sha256


def test_a_backup_moves_a_home_to_servers_and_back(
    settings: Settings, postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = _deliver(settings)
    back_up(settings, tmp_path / "first")
    moved = replace(settings, home=tmp_path / "moved", ledger_url=postgres_server.schema())
    monkeypatch.setenv("FANGAN_HOME", str(moved.home))
    monkeypatch.setenv("FANGAN_STORE", f"file://{tmp_path}/share")
    restore(moved, tmp_path / "first")
    assert not moved.ledger_file.exists()
    assert Ledger(moved.ledger).archived_hashes() == {sha256}
    assert [Path(key).name for key in stored_sizes()] == [sha256]

    shutil.rmtree(moved.archive)  # a host that has read nothing yet
    made = back_up(moved, tmp_path / "second")
    assert made.manifest.missing == ()
    assert {"ledger.sqlite", f"archive/{sha256[:2]}/{sha256}"} <= {
        entry.path for entry in made.manifest.files
    }
    assert Ledger(moved.ledger).last_backup() is not None

    monkeypatch.delenv("FANGAN_STORE")
    back = Settings(raw=settings.raw, home=tmp_path / "back")
    monkeypatch.setenv("FANGAN_HOME", str(back.home))
    restore(back, tmp_path / "second")
    assert Ledger(back.ledger).verify_audit({}).faults == ()
    assert checked_version(back.archive, sha256).read_text(encoding="utf-8") == "as delivered"


def test_a_restore_into_a_used_ledger_changes_nothing(
    settings: Settings, postgres_server: Server, tmp_path: Path
) -> None:
    _deliver(settings)
    back_up(settings, tmp_path / "kept")
    used = replace(settings, home=tmp_path / "used", ledger_url=postgres_server.schema())
    Ledger(used.ledger).record_publication(OCTOBER, "of another home")
    with pytest.raises(LedgerNotEmptyError, match="empty database"):
        restore(used, tmp_path / "kept")
    assert not used.home.exists()
