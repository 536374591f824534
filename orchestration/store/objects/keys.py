"""Which files of the home are shared with other hosts, and under which keys."""

from __future__ import annotations

from pathlib import Path

from orchestration.servers import store_url
from orchestration.settings import home_folder

#: The folders of a home that hosts share: the rest is made again, or is this host's own.
SHARED = ("archive", "landing", "accepted", "quarantine", "samples", "releases")


def shared_key(path: Path) -> str | None:
    """Return under which key the store has a file; None without a store, or if it is not shared.

    Only files of the home that the environment names are shared, never those of scratch homes.
    """
    if store_url() is None or not path.is_relative_to(home_folder()):
        return None
    below = path.relative_to(home_folder())
    return below.as_posix() if below.parts[:1] and below.parts[0] in SHARED else None
