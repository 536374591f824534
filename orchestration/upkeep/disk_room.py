"""How much room on the disk the next run may need, and how much there is.

``doctor`` and the messages ask; what can be removed to make room is in ``pruning``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.settings import Settings

GIB = 1 << 30
#: Below this nothing is safe: dbt, Dagster and DuckDB's spilled rows need it whatever the month.
_ALWAYS = GIB
#: A delivery is archived, its rows lie in landing, accepted and quarantine: less than its size.
_OF_DELIVERIES = 3


def free_bytes(settings: Settings) -> int:
    """Return how many bytes are free where the home lies."""
    return shutil.disk_usage(settings.home).free


def needed_bytes(settings: Settings) -> int:
    """Return how many bytes a run of the largest month could write.

    Three times its deliveries, a new published file beside the old one, the warehouse once more
    (``fangan rebuild`` makes it anew beside the old one), and 1 GiB for everything else.
    """
    months = settings.raw.glob("????-??") if settings.raw.is_dir() else iter(())
    largest = max((_size(month) for month in months), default=0)
    files = (settings.statistics, settings.warehouse)
    return (
        _ALWAYS
        + _OF_DELIVERIES * largest
        + sum(path.stat().st_size for path in files if path.is_file())
    )


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
