"""Checks of the home and its folders: deliveries, modes, locks, Dagster's instance file."""

from __future__ import annotations

import os

import yaml

from orchestration.console.health.findings import fault, note, ok
from orchestration.console.output import Record
from orchestration.settings import Settings
from orchestration.store.locks import held_locks, left_locks
from orchestration.store.tidying import wrong_modes
from orchestration.upkeep.instance_file import changed_defaults, default_then, instance_file

_SHOWN = 5
MEND = "fangan doctor --mend"


def raw(settings: Settings) -> Record:
    """Whether the folder of deliveries is there and can be read."""
    check = "deliveries (FANGAN_RAW)"
    if not settings.raw.is_dir():
        return fault(
            check,
            f"{settings.raw} is missing or not mounted",
            "mount or create the folder, or set FANGAN_RAW",
        )
    months = len(list(settings.raw.glob("????-??")))
    return ok(check, f"{settings.raw}: {months} months")


def home(settings: Settings) -> Record:
    """Whether the home can be written to."""
    check = "home (FANGAN_HOME)"
    if not settings.home.exists():
        return note(check, f"{settings.home} does not exist yet", "fangan month MONTH makes it")
    if not settings.home.is_dir() or not os.access(settings.home, os.W_OK | os.X_OK):
        return fault(
            check,
            f"{settings.home} is not a folder that this user can write to",
            f"chown -R $(id -un) {settings.home}, or set FANGAN_HOME",
        )
    return ok(check, str(settings.home))


def modes(settings: Settings) -> Record:
    """Whether private files are private, and published ones public."""
    wrong = wrong_modes(settings)
    if not wrong:
        return ok("file modes", "private is private, published/ is public")
    shown = ", ".join(
        f"{path.relative_to(settings.home)} is {path.stat().st_mode & 0o777:04o}"
        for path in sorted(wrong)[:_SHOWN]
    )
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    return fault("file modes", f"{shown}{more}", MEND)


def locks(settings: Settings) -> Record:
    """Which locks are held, and which a dead process left; the latter stop nobody."""
    held = held_locks(settings.locks) | held_locks(settings.ledger_locks)
    left = left_locks(settings.locks) | left_locks(settings.ledger_locks)
    if held:
        detail = "; ".join(f"{name}: {owner}" for name, owner in held.items())
        return note("locks", detail, "wait for that process, or end it: kill PROCESS")
    if left:
        detail = "; ".join(f"{name}: left by {owner}" for name, owner in left.items())
        return note("locks", f"{detail}, which is gone", "nothing: such a lock stops nobody")
    return ok("locks", "none held")


def instance(settings: Settings) -> Record:
    """Whether Dagster's instance file can be read, and which defaults are no longer its own."""
    check, file = "Dagster's instance file", instance_file(settings)
    if not file.exists():
        return note(check, "not there yet", "fangan prepare writes it")
    try:
        yaml.safe_load(file.read_bytes())
        changed = changed_defaults(settings)
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        return fault(check, f"{file} is not YAML: {said}", "correct it, or move it away")
    if not changed:
        return ok(check, str(file))
    told = "; ".join(f"{one.key} was {one.was}, now {one.now}" for one in changed)
    return note(
        check,
        f"has other defaults since it was written: {told}",
        f"take over in {file} what you want, then rm {default_then(settings)}",
    )
