"""Dagster's event log in SQLite, without building a database engine for every event.

Named in ``dagster.yaml``. A month writes some 800 events; the original makes two or three
engines for each and compiles its SQL anew, which costs more than judging a district. Only how
connections are made is different here, never what is written.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import Field, StringSource
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, NullPool, create_engine

#: The index and the run being written, and room for what a page of the webserver looks at.
_ENGINES_KEPT = 8


class QuickEventLog(SqliteEventLogStorage):
    """The SQLite event log of ``$DAGSTER_HOME/history/runs``, one engine a database file."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> Any:
        """Take Dagster's home, below which the log lies where the original keeps it."""
        return {"dagster_home": Field(StringSource)}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "QuickEventLog":
        """Return the log of the home that ``dagster.yaml`` names."""
        return cls(str(Path(config_value["dagster_home"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        engine = self._engine(shard)
        with self._db_lock, engine.begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            with super()._connect(shard):
                pass  # makes the database where there is none
            while len(self._engines) >= _ENGINES_KEPT:
                self._engines.pop(next(iter(self._engines)))
            self._engines[shard] = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=NullPool,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
            )
        return self._engines[shard]
