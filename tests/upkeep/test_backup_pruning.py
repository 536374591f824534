"""Old backups go by restic's rules, what later ones need stays, and the last complete one too."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.cli import cli
from orchestration.console.exit_codes import FINE
from orchestration.store.locks import BusyError, holding
from orchestration.upkeep.backup_folder import BackupError, BackupFolder, Entry, Manifest
from orchestration.upkeep.backup_pruning import Keep, prune_backups

#: A folder's backups, by their time in UTC: the contents of each, and what it lacks.
Make = Callable[..., str]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a backup of some contents by its time; ``missing`` makes it lack something."""
    kept = BackupFolder(tmp_path / "kept")
    kept.path.mkdir()

    def made(at: str, *contents: str, missing: tuple[str, ...] = ()) -> str:
        entries = []
        for content in contents or ("the same",):
            source = tmp_path / "source"
            source.write_text(content, encoding="utf-8")
            sha256, _ = kept.keep(source)
            entries.append(Entry(content, 0o600, len(content), 0, sha256))
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        name = f"{moment:%Y%m%dT%H%M%S%f}Z"
        kept.write(name, Manifest(moment.isoformat(), "0.4.0", 7, missing, tuple(entries)))
        return name

    return made


def _kept(folder: Path, **keep: int) -> dict[str, tuple[str, ...]]:
    """Return day and hour of what stays by these rules, each with its reasons."""
    found = prune_backups(folder, Keep(**keep), does_it=False)
    return {one.name[6:11]: one.reasons for one in found.backups if one.reasons}


def test_the_last_of_each_day_and_month_of_suzhou(tmp_path: Path, make: Make) -> None:
    # 16:00 in UTC is the next day in Suzhou. What stays is what restic 0.14 keeps of these times
    for at in ("2026-10-30T02", "2026-10-31T15", "2026-10-31T16", "2026-11-01T02", "2026-11-03T02"):
        make(at)
    folder = tmp_path / "kept"
    last = {"03T02": ("last", "complete")}
    assert _kept(folder, last=1) == last
    assert _kept(folder, daily=3) == {
        "31T15": ("daily",),
        "01T02": ("daily",),
        "03T02": ("daily", "complete"),
    }
    assert _kept(folder, monthly=12) == {"31T15": ("monthly",), "03T02": ("monthly", "complete")}
    assert _kept(folder, last=2, monthly=1) == {
        "01T02": ("last",),
        "03T02": ("last", "monthly", "complete"),
    }
    # nothing was asked to go
    assert len(BackupFolder(folder).names()) == 5


def test_what_no_other_backup_holds_goes_with_it(tmp_path: Path, make: Make) -> None:
    make("2026-11-01", "shared", "old")
    last = make("2026-11-02", "shared", "new")
    kept = BackupFolder(tmp_path / "kept")
    (kept.path / "objects" / "ab").mkdir(exist_ok=True)
    (kept.path / "objects" / "ab" / ".left.tmp").write_bytes(b"by a backup that died")
    found = prune_backups(kept.path, Keep(last=1), does_it=True)
    assert (found.object_count, found.byte_count) == (2, len("old") + 21)
    assert kept.names() == [last]
    assert kept.damaged(kept.read()[1].files) == []
    assert {path.read_text(encoding="utf-8") for path in kept.objects()} == {"shared", "new"}
    assert prune_backups(kept.path, Keep(last=1), does_it=True).object_count == 0
    assert not list(kept.path.glob(".*.tmp"))


def test_the_last_complete_one_stays_and_all_after_it(tmp_path: Path, make: Make) -> None:
    make("2026-11-01T01", missing=("warehouse",))
    make("2026-11-02T02")
    make("2026-11-03T03", missing=("warehouse",))
    make("2026-11-04T04", missing=("warehouse",))
    stays = {"02T02": ("last", "complete"), "03T03": ("newer",), "04T04": ("newer",)}
    assert _kept(tmp_path / "kept", last=1) == stays


def test_without_a_complete_one_all_stay(tmp_path: Path, make: Make) -> None:
    for at in ("2026-11-01T01", "2026-11-02T02"):
        make(at, missing=("warehouse",))
    assert len(_kept(tmp_path / "kept", last=1)) == 2


def test_nothing_goes_while_anything_is_doubtful(tmp_path: Path, make: Make) -> None:
    folder = tmp_path / "kept"
    with pytest.raises(BackupError, match="no backup"):
        prune_backups(folder, Keep(last=1), does_it=True)
    first = make("2026-11-01", "old")
    make("2026-11-02", "new")
    manifest = folder / first / "manifest.json"
    content = manifest.read_bytes()
    manifest.write_bytes(b"{")
    with pytest.raises(BackupError, match="cannot be read"):
        prune_backups(folder, Keep(last=1), does_it=True)
    manifest.write_bytes(content)
    with holding(folder, "backup"), pytest.raises(BusyError):
        prune_backups(folder, Keep(last=1), does_it=True)
    [lost] = [path for path in BackupFolder(folder).objects() if path.read_bytes() == b"new"]
    lost.unlink()
    with pytest.raises(BackupError, match="lacks files"):
        prune_backups(folder, Keep(last=1), does_it=True)
    assert first in BackupFolder(folder).names()


def _prune(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["prune", *arguments], standalone_mode=False)


def test_the_command_only_lists_unless_told(tmp_path: Path, make: Make) -> None:
    make("2026-11-01", "old")
    last = make("2026-11-02", "new")
    folder = str(tmp_path / "kept")
    listed = _prune("--backups", folder, "--keep-last", "1")
    assert listed.return_value == FINE
    assert "清理 goes" in listed.output
    assert "1 个备份，1 个文件 files" in listed.output
    done = _prune("--backups", folder, "--keep-daily", "1", "--yes", "--json")
    report = json.loads(done.output)
    assert [one["kept_because"] for one in report["backups"]] == [[], ["daily", "complete"]]
    assert BackupFolder(tmp_path / "kept").names() == [last]
    for wrong in (("--backups", folder), ("--keep-last", "1")):
        assert "--keep" in str(_prune(*wrong).exception)
