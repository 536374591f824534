"""Checks of the machine: Python, fonts, time zones, disk.

What is installed of the program is in ``installation``.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestration.console.health.findings import fault, note, ok
from orchestration.console.output import Record
from orchestration.reference.months import TIMEZONE
from orchestration.settings import Settings
from orchestration.upkeep.disk_room import GIB, free_bytes, needed_bytes

#: Suzhou has had this offset since 1991.
_OFFSET = timedelta(hours=8)


def python(_: Settings) -> Record:
    """Whether this Python is one that we are tested with."""
    found = ".".join(str(part) for part in sys.version_info[:3])
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return ok("Python", found)
    return fault("Python", found, "make PYTHON=python3.12 run")


def fonts(_: Settings) -> Record:
    """Whether there is a Chinese font to embed in ``bulletin.pdf``."""
    # typst looks at every font: only this check needs it
    from orchestration.publication.issue.pdf import (
        HOW_TO_GET_FONTS,
        NoChineseFontError,
        chinese_family,
    )

    try:
        return ok("Chinese fonts", f"bulletin.pdf is set in {chinese_family()}")
    except NoChineseFontError as error:
        return note("Chinese fonts", str(error), HOW_TO_GET_FONTS)


def time_zone(_: Settings) -> Record:
    """Whether the machine's time zone data give Suzhou its time; deadlines depend on it."""
    try:
        # another process may have mended the data meanwhile: no cached zone
        zone = ZoneInfo.no_cache(TIMEZONE)
    except (ZoneInfoNotFoundError, ValueError) as error:
        return fault("time zone data", f"{TIMEZONE}: {error}", "apt-get install tzdata")
    offset = datetime(2022, 10, 1, tzinfo=zone).utcoffset()
    if offset == _OFFSET:
        return ok("time zone data", f"{TIMEZONE} is UTC+8")
    return fault(
        "time zone data",
        f"{TIMEZONE} is UTC{offset}, it must be UTC+8: deadlines and months would be wrong",
        "apt-get install --reinstall tzdata (and unset PYTHONTZPATH)",
    )


def disk(settings: Settings) -> Record:
    """Whether the disk has room for what the next run writes."""
    if not settings.home.is_dir():
        return note("free disk", f"{settings.home} does not exist yet")
    free, needed = free_bytes(settings), needed_bytes(settings)
    detail = f"{free / GIB:.1f} GiB free, the next run needs up to {needed / GIB:.1f} GiB"
    if free >= needed:
        return ok("free disk", detail)
    return fault("free disk", detail, "fangan prune --yes, or move the home to a larger disk")
