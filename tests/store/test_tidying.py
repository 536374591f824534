"""Tidying a home: no leftovers, private modes for all but published files, no scratch left."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.settings import Settings, load_settings
from orchestration.store.files import replacing, scratch_folder, sweep
from orchestration.store.public_files import write_public
from orchestration.store.tidying import tidy_home

_NOBODY = 65534
#: No process has it: one more than the kernel gives out.
_DEAD = 4194304


def _of_a_dead_process(kill: bool, folder: Path) -> list[Path]:
    """Let a process begin a file and a scratch folder, and kill it or let it live."""
    program = (
        "import os, pathlib, signal, sys\n"
        "from orchestration.store.files import replacing, scratch_folder\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "with replacing(folder / 'rows') as path, scratch_folder(folder, 'check') as made:\n"
        "    path.write_bytes(b'half'); (made / 'row').write_bytes(b'half')\n"
        "    print(path, made, sep='\\n', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        paths = [Path(process.stdout.readline().strip()) for _ in range(2)]
        if not kill:
            assert sweep(folder) == []
            assert all(path.exists() for path in paths)
        process.kill()
    return paths


@pytest.mark.parametrize("kill", [True, False])
def test_only_leftovers_of_dead_processes_are_removed(tmp_path: Path, kill: bool) -> None:
    paths = _of_a_dead_process(kill, tmp_path)
    (tmp_path / f".earlier.parquet.{_DEAD}.tmp").write_bytes(b"half")
    (tmp_path / f".statistics.duckdb.{_DEAD}.tmp.wal").write_bytes(b"half")
    others = [tmp_path / name for name in (".hidden", "x.tmp", ".notes.tmp", ".a.12x.tmp")]
    for other in others:
        other.write_bytes(b"whole")
    assert len(sweep(tmp_path)) == 4
    assert not any(path.exists() for path in paths)
    assert all(other.exists() for other in others)


def test_a_reused_process_number_does_not_protect_leftovers(tmp_path: Path) -> None:
    with replacing(tmp_path / "rows.parquet") as own:
        own.write_bytes(b"alive")
        mark, _, born = own.name.removesuffix(".tmp").rpartition("-")
        reused = tmp_path / f"{mark}-{'0' * len(born)}.tmp"
        reused.write_bytes(b"half")
        assert sweep(tmp_path) == [reused]
        assert own.exists()


def test_every_folder_is_swept_before_a_run(settings: Settings) -> None:
    left = [
        folder / f".x.{_DEAD}.tmp"
        for folder in (
            settings.accepted / "2022-10" / "gusu",
            settings.landing / "2022-10" / "gusu",
            settings.quarantine / "2022-10",
            settings.archive / "ab",
            settings.matching / "2022-10",
            settings.lookups / "2022-10",
            settings.releases / "2022-10" / "v1" / "outputs",
            settings.published / "2022-10" / "v1" / "data",
            settings.published,
        )
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    tidy_home(settings)
    assert [path for path in left if path.exists()] == []


@pytest.fixture
def with_umask() -> Callable[[int], int]:
    before = os.umask(0o022)
    os.umask(before)
    yield os.umask
    os.umask(before)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_file_modes_do_not_depend_on_umask_or_earlier_modes(
    tmp_path: Path, with_umask: Callable[[int], int], umask: int
) -> None:
    settings = Settings(raw=tmp_path / "raw", home=tmp_path / "modes")
    settings.home.mkdir()
    settings.home.chmod(0o777)
    with_umask(umask)
    settings.prepare()
    (settings.accepted / "2022-10").mkdir()
    for path in (settings.accepted / "2022-10" / "rows.parquet", settings.warehouse):
        path.write_bytes(b"rows")
    write_public(settings, {settings.published / "2022-10" / "v1" / "data" / "a.csv": b"public"})
    tidy_home(settings)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in settings.home.rglob("*")}
    for path, mode in modes.items():
        is_public = path.is_relative_to(settings.published)
        public, private = (0o755, 0o700) if path.is_dir() else (0o644, 0o600)
        assert oct(mode) == oct(public if is_public else private), path
    assert oct(stat.S_IMODE(settings.home.stat().st_mode)) == oct(0o711)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_can_read_only_published_files(
    tmp_path: Path, with_umask: Callable[[int], int]
) -> None:
    for folder in tmp_path.parents:
        if folder != Path("/") and folder.stat().st_uid == 0 and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o711)
    tmp_path.chmod(0o711)
    with_umask(0o077)
    settings = Settings(raw=tmp_path / "raw", home=tmp_path / "new" / "home").prepare()
    public = settings.published / "2022-10" / "bulletin.html"
    write_public(settings, {public: b"public"})
    private = settings.accepted / "rows.parquet"
    private.write_bytes(b"rows")
    tidy_home(settings)
    program = (
        "import os, sys; os.setgid(65534); os.setuid(65534)\n"
        "def reads(path):\n"
        "    try: return bool(open(path, 'rb').read() or True)\n"
        "    except PermissionError: return False\n"
        "def lists(path):\n"
        "    try: return bool(os.listdir(path) or True)\n"
        "    except PermissionError: return False\n"
        "print([reads(path) for path in sys.argv[1:5]], lists(sys.argv[5]), lists(sys.argv[6]))\n"
        "try: open(sys.argv[1], 'ab'); print('writes')\n"
        "except PermissionError: print('may not write')\n"
    )
    paths = [public, private, settings.ledger, settings.locks / "month.lock"]
    (settings.locks / "month.lock").touch()
    command = [sys.executable, "-c", program, *paths, settings.home, settings.published]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["[True, False, False, False] False True", "may not write"]


def test_scratch_is_in_the_home_and_removed_afterwards(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scratch_folder(settings.scratch, "check") as folder:
        assert folder.is_relative_to(settings.home)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "rows.parquet").write_bytes(b"rows")
    assert not folder.exists()


def test_look_up_files_of_earlier_versions_are_moved_out_of_published(settings: Settings) -> None:
    old = settings.published / "2022-10" / "lookup.sqlite"
    old.parent.mkdir()
    old.write_bytes(b"single buildings")
    tidy_home(settings)
    assert not old.exists()
    assert (settings.lookups / "2022-10" / "lookup.sqlite").read_bytes() == b"single buildings"


def test_new_files_are_private_once_settings_are_loaded(tmp_path: Path) -> None:
    load_settings()
    (tmp_path / "any").write_bytes(b"")
    assert stat.S_IMODE((tmp_path / "any").stat().st_mode) == 0o600
