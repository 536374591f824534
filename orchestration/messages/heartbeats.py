"""Whether Dagster lives, read from its own database without importing it.

What is dead cannot tell; so ``watch`` looks at the heartbeats and ticks that daemon, sensors and
schedules leave behind: in SQLite files, or in the PostgreSQL database that the instance file names.
Everything is read only. https://docs.dagster.io/deployment/execution/dagster-daemon
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

#: A schedule that fires once a month is still looked at when the next one is due.
_TICKS_COUNT_FOR = timedelta(days=35)
_RUNS, _SCHEDULES = Path("history") / "runs.db", Path("schedules") / "schedules.db"


@dataclass(frozen=True)
class DagsterPulse:
    """When each daemon was last seen, and which sensors and schedules are off or failing.

    ``fault`` says why the database could not be read.
    """

    daemons: dict[str, datetime] = field(default_factory=dict)
    stopped: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    fault: str | None = None


def dagster_pulse(folder: Path) -> DagsterPulse | None:
    """Read the pulse of the instance in ``folder`` (DAGSTER_HOME).

    None if no daemon ever ran here: months are run by the command line alone.
    """
    try:
        url = _postgres_url(folder)
    except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
        return DagsterPulse(fault=f"{type(error).__name__} in {folder / 'dagster.yaml'}")
    if url is None and not (folder / _RUNS).exists():
        return None
    # 0.4 s, which a home without Dagster does not pay
    import sqlalchemy

    try:
        with _opened(url or _file_url(folder / _RUNS)) as runs:
            daemons = _daemons(runs)
        if not daemons:
            return None
        if url is None and not (folder / _SCHEDULES).exists():
            return DagsterPulse(daemons)
        with _opened(url or _file_url(folder / _SCHEDULES)) as schedules:
            since = max(daemons.values()) - _TICKS_COUNT_FOR
            return DagsterPulse(daemons, *_automation(schedules, since))
    except (sqlalchemy.exc.SQLAlchemyError, OSError, ValueError, KeyError, ImportError) as error:
        # the words of a driver may hold the address with its password
        return DagsterPulse(fault=f"{type(error).__name__} in {folder}")


def _postgres_url(folder: Path) -> str | None:
    """Return the address of the PostgreSQL database in the instance file, or None for SQLite."""
    path = folder / "dagster.yaml"
    if not path.is_file():
        return None
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    settings = (content.get("storage") or {}).get("postgres")
    if settings is None:
        return None
    if "postgres_url" in settings:
        return _value(settings["postgres_url"])
    database = settings["postgres_db"]
    import sqlalchemy

    return sqlalchemy.URL.create(
        "postgresql",
        _value(database["username"]),
        _value(database["password"]),
        _value(database["hostname"]),
        int(database.get("port", 5432)),
        _value(database["db_name"]),
    ).render_as_string(hide_password=False)


def _value(setting: Any) -> str:
    """Return a setting, or the environment variable it names, as Dagster reads it."""
    return os.environ[setting["env"]] if isinstance(setting, dict) else str(setting)


def _file_url(path: Path) -> str:
    return f"sqlite:///file:{path}?mode=ro&uri=true"


@contextmanager
def _opened(url: str) -> Iterator[Any]:
    import sqlalchemy

    is_file = url.startswith("sqlite")
    engine = sqlalchemy.create_engine(
        url,
        poolclass=sqlalchemy.pool.NullPool,
        connect_args={"timeout": 10} if is_file else {"connect_timeout": 10},
        # a file's address says so itself
        execution_options={} if is_file else {"postgresql_readonly": True},
    )
    with engine.connect() as connection:
        yield connection


def _daemons(connection: Any) -> dict[str, datetime]:
    import sqlalchemy

    if not sqlalchemy.inspect(connection).has_table("daemon_heartbeats"):
        return {}
    rows = connection.execute(
        sqlalchemy.text("select daemon_type, timestamp from daemon_heartbeats")
    )
    return {daemon: _instant(at) for daemon, at in rows}


def _automation(connection: Any, since: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sensors and schedules that are switched off, and those whose last tick failed.

    Ticks from before ``since`` are left alone: what made them may be gone from the code.
    """
    import sqlalchemy

    states = connection.execute(
        sqlalchemy.text("select status, instigator_body from instigators")
    ).fetchall()
    ticks = connection.execute(
        sqlalchemy.text(
            "select status, timestamp, tick_body from job_ticks where id in"
            " (select max(id) from job_ticks where status <> 'STARTED' group by selector_id)"
        )
    ).fetchall()
    stopped = {_name(json.loads(body)["origin"]) for status, body in states if status == "STOPPED"}
    failing = {
        _name(json.loads(body))
        for status, at, body in ticks
        if status == "FAILURE" and _instant(at) > since
    }
    return tuple(sorted(stopped)), tuple(sorted(failing - stopped))


def _name(body: dict[str, Any]) -> str:
    """Return the name of a sensor or schedule; Dagster still writes what it was once called."""
    return str(body.get("instigator_name") or body["job_name"])


def _instant(value: Any) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(at, int | float):
        return datetime.fromtimestamp(at, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
