"""``fangan doctor``: checks whether this installation can run, and says how to correct it.

Add a check here for what a machine or home may lack; stored data is checked by ``verification``.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version

from orchestration.console.output import Record
from orchestration.modelling.dbt import DBT_EXECUTABLE
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import load_districts
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.store.archive import archive_path
from orchestration.store.ledger import Ledger
from orchestration.store.locks import held_locks

_MIN_FREE_BYTES = 2 << 30
_PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations")


def examine(settings: Settings) -> list[Record]:
    """Return one record per check: its name, ``ok``, ``note`` or ``fault``, and the remedy."""
    return [
        _python(),
        *_packages(),
        _executable(),
        _definitions(),
        _raw(settings),
        _home(settings),
        _disk(settings),
        _locks(settings),
        _archive(settings),
        _published(settings),
        _fonts(),
    ]


def _record(check: str, state: str, detail: str, remedy: str = "") -> Record:
    return {"check": check, "state": state, "detail": detail, "remedy": remedy}


def _python() -> Record:
    found = ".".join(str(part) for part in sys.version_info[:3])
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return _record("Python", "ok" if fits else "fault", found, "" if fits else "use 3.11 to 3.13")


def _packages() -> list[Record]:
    locked = {}
    for line in (PROJECT_ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, _, rest = line.partition("==")
            locked[name.split("[")[0]] = rest.split()[0]
    records = []
    for name in _PACKAGES:
        try:
            found = version(name)
        except PackageNotFoundError:
            records.append(_record(name, "fault", "not installed", "run make run"))
            continue
        same = found == locked.get(name)
        detail = found if same else f"{found}, the lock file says {locked.get(name)}"
        records.append(
            _record(name, "ok" if same else "fault", detail, "" if same else "run make run")
        )
    return records


def _executable() -> Record:
    there = DBT_EXECUTABLE.exists()
    where = "beside the interpreter" if there else "missing"
    return _record(
        "dbt executable", "ok" if there else "fault", where, "" if there else "run make run"
    )


def _definitions() -> Record:
    return _record(
        "contracts and districts",
        "ok",
        f"{len(load_contracts())} kinds, {len({d.district_id for d in load_districts()})} places",
    )


def _raw(settings: Settings) -> Record:
    there = settings.raw.is_dir()
    months = len([path for path in settings.raw.glob("????-??")]) if there else 0
    return _record(
        "deliveries (FANGAN_RAW)",
        "ok" if there else "fault",
        f"{settings.raw}: {months} months" if there else f"{settings.raw} is missing",
        "" if there else "create the folder or set FANGAN_RAW",
    )


def _home(settings: Settings) -> Record:
    usable = os.access(settings.home, os.W_OK)
    return _record(
        "home (FANGAN_HOME)",
        "ok" if usable else "fault",
        str(settings.home),
        "" if usable else "make it writable or set FANGAN_HOME",
    )


def _disk(settings: Settings) -> Record:
    free = shutil.disk_usage(settings.home).free
    enough = free >= _MIN_FREE_BYTES
    return _record(
        "free disk",
        "ok" if enough else "fault",
        f"{free / (1 << 30):.1f} GiB",
        "" if enough else "free at least 2 GiB",
    )


def _locks(settings: Settings) -> Record:
    held = held_locks(settings.locks)
    detail = "; ".join(f"{name}: {owner}" for name, owner in held.items()) or "none held"
    return _record("locks", "note" if held else "ok", detail, "wait for that run" if held else "")


def _archive(settings: Settings) -> Record:
    hashes = Ledger(settings.ledger).archived_hashes()
    lost = [h for h in hashes if not archive_path(settings.archive, h).exists()]
    return _record(
        "archive",
        "fault" if lost else "ok",
        f"{len(hashes)} versions, {len(lost)} missing",
        "restore the archive from its backup" if lost else "",
    )


def _published(settings: Settings) -> Record:
    if settings.statistics.exists():
        return _record("published file", "ok", str(settings.statistics))
    return _record("published file", "note", "nothing published yet", "run fangan month 2022-10")


def _fonts() -> Record:
    from orchestration.publication.issue.pdf import NoChineseFontError, chinese_family

    try:
        return _record("Chinese fonts", "ok", f"bulletin.pdf is set in {chinese_family()}")
    except NoChineseFontError as error:
        return _record("Chinese fonts", "note", str(error), "apt-get install fonts-noto-cjk")
