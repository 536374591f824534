"""Names as delivered: made fit to be stored and shown, without what is personal in them.

Lives here: the key by which the hash of a masked name is made, which never leaves the home (the
ledger has its hash), and how the name of a path becomes text. What is masked is
``reader.privacy``'s; the true path is never stored: list ``raw`` again and compare what its names
become.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from orchestration.ingest.reader.privacy import mask_name
from orchestration.settings import PRIVATE_FILE, Settings
from orchestration.store.files import replacing
from orchestration.store.ledger import Ledger
from orchestration.store.locks import waiting_for

#: How long the key of names is.
KEY_BYTES = 32


class NameKeyError(RuntimeError):
    """The key of names is there and is none; the message says how to mend it."""


def name_key(settings: Settings) -> bytes:
    """Return the home's key of names; the first call makes it.

    With another key the same names become others: findings already stored keep the old ones.
    Raises NameKeyError if the file holds no key.
    """
    path = settings.name_key
    if not path.exists():
        _make(settings)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise NameKeyError(
            f"{path} holds {len(key)} bytes instead of {KEY_BYTES}; put it back from a backup, or"
            " remove it and run the month again"
        )
    return key


def _make(settings: Settings) -> None:
    """Write a new key; where another process was quicker, its key stays."""
    with waiting_for(settings.locks, "name_key"):
        if settings.name_key.exists():
            return
        ledger = Ledger(settings.ledger)
        if settings.ledger_url and ledger.name_key_sha256():
            raise NameKeyError(
                f"{settings.name_key} is not there, but another host's home with this ledger has"
                " one: copy it from there, or the same names would become others"
            )
        key = secrets.token_bytes(KEY_BYTES)
        ledger.record_name_key(hashlib.sha256(key).hexdigest())
        with replacing(settings.name_key) as temporary:
            temporary.touch(mode=PRIVATE_FILE)
            temporary.write_bytes(key)


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
