"""Names as delivered: made fit to be stored and shown, without what is personal in them.

Lives here: the key by which the hash of a masked name is made, which never leaves the home, and
how the name of a path becomes text. What is masked is ``reader.privacy``'s; the true path is
never stored: list ``raw`` again and compare what its names become.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from orchestration.ingest.reader.privacy import mask_name
from orchestration.settings import Settings
from orchestration.store.files import sync_folder

#: How long the key of names is.
KEY_BYTES = 32


class NameKeyError(RuntimeError):
    """The key of names is there and is none; the message says how to mend it."""


def name_key(settings: Settings) -> bytes:
    """Return the home's key of names; the first who asks makes it.

    With another key the same names become others: findings already stored keep the old ones.
    Raises NameKeyError if the file holds no key.
    """
    path = settings.name_key
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise NameKeyError(
            f"{path} holds {len(key)} bytes instead of {KEY_BYTES}; put it back from a backup, or"
            " remove it and run the month again"
        )
    return key


def _make(path: Path) -> None:
    """Write a new key; where another process was quicker, its key stays."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    beside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            return
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def shown_name(path: Path) -> str:
    """Return a delivered path's name as text.

    A name that is not UTF-8 was written by a Windows program in GB18030; what does not show, or
    would turn the text around it, becomes a replacement character.
    """
    name = path.name
    try:
        name.encode()
    except UnicodeEncodeError:
        name = os.fsencode(name).decode("gb18030", errors="replace")
    return "".join(char if char.isprintable() else "\ufffd" for char in name)


def stored_name(path: Path, key: bytes) -> str:
    """Return a delivered path's name as it is stored and shown: readable, and masked."""
    return mask_name(shown_name(path), key)
