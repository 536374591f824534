"""Locks between processes of several hosts: advisory locks of the ledger's PostgreSQL server.

A lock belongs to a connection of its own, so it ends with its process or with the connection,
however that dies. Who waits how long is in ``store.locks``.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

from orchestration.store.databases.postgres import PostgresConnection, lock_key
from orchestration.store.databases.postgres_tables import migrate_server

#: The server shows the number of a lock in two halves.
_LOCKS = """
select name, owner, exists (
    select * from pg_locks where locktype = 'advisory' and granted and objsubid = 1
    and database = (select oid from pg_database where datname = current_database())
    and (classid::bigint << 32) | objid::bigint = held_lock.lock_key
) as is_held
from held_lock order by name
"""


class ServerLock:
    """The lock of a name. Each call raises LedgerServerError if the connection was cut.

    Then another process may have had the lock since.
    """

    def __init__(self, url: str, name: str) -> None:
        self._name, self._key = name, lock_key(name)
        self._connection = PostgresConnection(url, reopens=False)
        migrate_server(self._connection)

    def take(self) -> bool:
        """Whether we have the lock now."""
        with self._connection as connection:
            row = connection.execute(f"select pg_try_advisory_lock({self._key})").fetchone()
        return bool(row[0])

    def share(self) -> None:
        """Have the lock beside others that share it; wait while somebody has it alone."""
        with self._connection as connection:
            connection.execute(f"select pg_advisory_lock_shared({self._key})")

    def note(self, owner: dict[str, Any] | None) -> None:
        """Write down who has the lock, or None before it is given back."""
        with self._connection as connection:
            connection.execute(
                f"insert into held_lock values (?, {self._key}, ?)"  # noqa: S608 - our names
                " on conflict (name) do update set owner = excluded.owner",
                (self._name, owner and json.dumps(owner, ensure_ascii=False)),
            )

    def owner(self) -> str:
        """Return what its owner wrote down; empty if that is not there yet."""
        with self._connection as connection:
            row = connection.execute(
                "select owner from held_lock where name = ?", (self._name,)
            ).fetchone()
        return (row and row["owner"]) or ""

    def close(self) -> None:
        """Give the lock back."""
        self._connection.close()


def server_locks(url: str) -> list[tuple[str, str, bool]]:
    """Return each lock that was ever taken: its name, its noted owner, whether it is held now."""
    with closing(PostgresConnection(url)) as connection:
        migrate_server(connection)
        with connection:
            rows = connection.execute(_LOCKS).fetchall()
    return [(row["name"], row["owner"] or "", row["is_held"]) for row in rows]
