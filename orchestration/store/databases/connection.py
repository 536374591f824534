"""What the ledger's queries use of a database.

Python's database interface (PEP 249) as sqlite3 has it, and what the databases do differently.
"""

from __future__ import annotations

from typing import Any, Protocol


class Connection(Protocol):
    """Placeholders are ``?`` or ``:name``; a row has names and positions.

    ``written_query`` asks for the number of the last audit entry that was ever written.
    """

    written_query: str

    def execute(self, statement: str, parameters: Any = ..., /) -> Any:
        """Run one statement; return its cursor."""

    def executemany(self, statement: str, parameters: Any, /) -> Any:
        """Run one statement for each set of parameters."""

    def begin_writing(self) -> None:
        """Begin a transaction that writes; other writers wait until it ends."""

    def begin_snapshot(self) -> None:
        """Begin a transaction all of whose queries see the ledger as of one moment."""

    def continue_numbers(self, table: str, key: str) -> None:
        """Let the next row of a table have the number after the last one that was copied."""

    def close(self) -> None:
        """Close it."""

    def __enter__(self) -> Any: ...

    def __exit__(self, kind: Any, error: Any, trace: Any, /) -> Any: ...
