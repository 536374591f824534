"""How files of the home get into the store that other hosts share, and back.

Whoever writes a file that the ledger will name calls ``sharing`` or ``share`` first; reading goes
through ``files.is_whole``, which fetches. Without a store all of it does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from orchestration.servers import store_url
from orchestration.settings import PRIVATE_FILE, PRIVATE_FOLDER, Settings
from orchestration.store.files import replacing, sha256_of
from orchestration.store.objects.keys import shared_key
from orchestration.store.objects.places import FolderObjects, ObjectExistsError, Objects
from orchestration.store.objects.s3 import S3Objects

_READ_ONLY = 0o400
#: What is never changed once it is written.
_FOREVER = ("archive/", "releases/")


@contextmanager
def sharing(path: Path, *, once: bool = False) -> Iterator[Path]:
    """Do what ``files.replacing`` does, and put the file into the store before it is seen here.

    ``once`` is for files named by their hash: a key that is taken has the same bytes.
    """
    with replacing(path) as temporary:
        yield temporary
        _put(path, temporary, once=once)


def share(*paths: Path) -> None:
    """Put files that were written by others into the store."""
    for path in paths:
        _put(path, path, once=False)


def take_back(*paths: Path) -> None:
    """Remove files from the store that the ledger was never told of."""
    for path in paths:
        if (key := shared_key(path)) is not None:
            _objects().delete(key)


def fetched(path: Path, sha256: str) -> bool:
    """Whether the store has these bytes; then they are put in place. False without a store."""
    if (key := shared_key(path)) is None:
        return False
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    with suppress(FileNotFoundError), replacing(path) as temporary:
        _objects().get(key, temporary)
        if sha256_of(temporary) != sha256:
            raise FileNotFoundError(key)  # other bytes: what is here stays
        temporary.chmod(_READ_ONLY if key.startswith(_FOREVER) else PRIVATE_FILE)
        return True
    return False


def fetch_all(settings: Settings) -> int:
    """Fetch every object that this host has no file of; return their number.

    Nothing is compared: what reads them holds them against their hashes.
    """
    lacking = [key for key in stored_sizes() if not (settings.home / key).exists()]
    for key in lacking:
        path = settings.home / key
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        with replacing(path) as temporary:
            _objects().get(key, temporary)
            temporary.chmod(_READ_ONLY if key.startswith(_FOREVER) else PRIVATE_FILE)
    return len(lacking)


def share_all(settings: Settings) -> int:
    """Put every shared file of the home that the store lacks into it; return their number."""
    there = stored_sizes()
    lacking = [
        path
        for path in settings.home.rglob("*")
        if path.is_file() and (key := shared_key(path)) is not None and key not in there
    ]
    share(*lacking)
    return len(lacking)


def stored_sizes(folder: str = "") -> dict[str, int]:
    """Return the size of every stored object below a folder, by key; empty without a store."""
    return _objects().sizes(folder) if store_url() else {}


def _put(path: Path, source: Path, *, once: bool) -> None:
    if (key := shared_key(path)) is None:
        return
    with suppress(ObjectExistsError):
        _objects().put(key, source, once=once)


def _objects() -> Objects:
    url = store_url()
    assert url is not None  # there are shared keys
    return _opened(url)


@cache
def _opened(url: str) -> Objects:
    if url.startswith("file://"):
        return FolderObjects(Path(url.removeprefix("file://")))
    return S3Objects(url)
