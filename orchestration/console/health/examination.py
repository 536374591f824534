"""Runs every check of ``fangan doctor``; a check that breaks is a fault, never the end.

The checks are in the modules of their subject.
"""

from __future__ import annotations

from collections.abc import Callable

from orchestration.choices import ConfigurationError
from orchestration.console.health import backups, home, installation, machine, stored, telling
from orchestration.console.health.findings import fault
from orchestration.console.output import Record
from orchestration.settings import Settings

Check = Callable[[Settings], Record | list[Record]]


def _dagster(settings: Settings) -> list[Record]:
    # a second of imports
    from orchestration.console.health.dagster_instance import examine_dagster

    return examine_dagster(settings)


def _unplaced(settings: Settings) -> list[Record]:
    from orchestration.console.health.due_work import examine_unplaced

    return examine_unplaced(settings)


#: In the order in which they are shown, by the name that is shown if a check itself breaks.
CHECKS: dict[str, Check] = {
    "Python": machine.python,
    "packages": installation.packages,
    "dbt": installation.dbt,
    "contracts and districts": installation.definitions,
    "Chinese fonts": machine.fonts,
    "time zone data": machine.time_zone,
    "deliveries (FANGAN_RAW)": home.raw,
    "what lies in raw": _unplaced,
    "home (FANGAN_HOME)": home.home,
    "free disk": machine.disk,
    "holidays": telling.holidays,
    "messages": telling.channels,
    "file modes": home.modes,
    "locks": home.locks,
    "ledger": stored.ledger,
    "store": stored.store,
    "archive": stored.archive,
    "warehouse": stored.warehouse,
    "published file": stored.published,
    "backup": backups.backup,
    "Dagster's instance file": home.instance,
    "Dagster": _dagster,
}


def examine(settings: Settings) -> list[Record]:
    """Return the records of every check: its name, ``ok``, ``note`` or ``fault``, the remedy."""
    return [record for name, check in CHECKS.items() for record in _records(settings, name, check)]


def unusable_settings(error: ConfigurationError) -> list[Record]:
    """Return the one record there can be while the settings cannot be read."""
    return [fault("settings", str(error), "correct fangan.toml, or the file FANGAN_CONFIG names")]


def _records(settings: Settings, name: str, check: Check) -> list[Record]:
    try:
        found = check(settings)
    except Exception as error:
        said = f"could not be examined: {type(error).__name__}: {error}"
        return [fault(name, said, "fangan verify; report this if it stays")]
    return found if isinstance(found, list) else [found]
