"""What the platform asks of a store, and the store that is a folder: a share that hosts mount.

Keys are paths with ``/``. An object is seen whole or not at all.
"""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Protocol

from orchestration.settings import PRIVATE_FOLDER
from orchestration.store.files import is_temporary, replacing, sync_file, sync_folder


class ObjectExistsError(RuntimeError):
    """An object that may be made once, and is there already."""


class StoreError(RuntimeError):
    """The store cannot be reached or refuses us; the message says which and why."""


class Objects(Protocol):
    """A store. Each method raises StoreError if the store fails."""

    def put(self, key: str, source: Path, *, once: bool = False) -> None:
        """Store a file's bytes; with ``once`` raise ObjectExistsError if the key is taken."""

    def get(self, key: str, target: Path) -> None:
        """Write an object's bytes to ``target``; raise FileNotFoundError if there is none."""

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Return the size in bytes of every object below a folder, by key."""

    def delete(self, key: str) -> None:
        """Remove an object; nothing if there is none."""


class FolderObjects:
    """A folder, forced to the disk as the home is: for a network share."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # threads of a process would share the name of a temporary file
        self._lock = threading.Lock()

    def put(self, key: str, source: Path, *, once: bool = False) -> None:
        """Copy a file; a link that cannot replace another file makes it exist only once."""
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        with self._lock, replacing(path) as temporary:
            shutil.copyfile(source, temporary)
            if once:
                sync_file(temporary)
                try:
                    os.link(temporary, path)
                except FileExistsError as error:
                    raise ObjectExistsError(f"{path} is there already") from error

    def get(self, key: str, target: Path) -> None:
        """Copy an object; raise FileNotFoundError if there is none."""
        shutil.copyfile(self._root / key, target)

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""
        return (self._root / key).is_file()

    def sizes(self, folder: str = "") -> dict[str, int]:
        """Return the size in bytes of every object below a folder, by key."""
        return {
            path.relative_to(self._root).as_posix(): path.stat().st_size
            for path in (self._root / folder).rglob("*")
            if path.is_file() and not is_temporary(path.name)
        }

    def delete(self, key: str) -> None:
        """Remove an object; nothing if there is none."""
        path = self._root / key
        if path.exists():
            path.unlink()
            sync_folder(path.parent)
