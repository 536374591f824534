"""The record of one damaged thing, and the collector that the checks report to.

Here: kinds of faults and remedies with their printed texts. The checks are in the other modules.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.publication.release.reproduction import Verified
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.archive import ArchiveDamageError
from orchestration.store.files import StoredFileDamageError, is_whole, sha256_of
from orchestration.store.ledger import Ledger


class Fault(StrEnum):
    """What is wrong with a file."""

    LOST = "lost"
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    DIFFERS = "differs"
    UNFINISHED = "unfinished"
    HALF_MADE = "half_made"
    STRAY = "stray"


class Remedy(StrEnum):
    """How to repair it. ``BACKUP`` is for what the platform cannot make again."""

    BACKUP = "backup"
    JUDGE = "judge"
    MATCH = "match"
    RUN = "run"
    REBUILD = "rebuild"
    CACHE = "cache"
    ISSUE = "issue"
    SITE = "site"
    IDENTIFIERS = "identifiers"
    LOOKUP = "lookup"
    SET_ASIDE = "set_aside"
    SWEEP = "sweep"
    LOOK = "look"


FAULTS = {
    Fault.LOST: "已丢失 is missing",
    Fault.CHANGED: "内容已变 has changed",
    Fault.UNREADABLE: "无法读取 cannot be read",
    Fault.DIFFERS: "与来源不符 differs from its source",
    Fault.UNFINISHED: "发布中断 a publication was interrupted",
    Fault.HALF_MADE: "未写完的残留 is left over from a process that died",
    Fault.STRAY: "没有登记 is not in the ledger",
}
REMEDIES = {
    Remedy.BACKUP: (
        "程序无法重新生成，须从备份恢复到原位置（文件名不变），再核对一次。It cannot be made again:"
        " restore it from a backup under the same name, then verify again"
    ),
    Remedy.JUDGE: "从存档重新判定 judge the archived files again: fangan verify --repair",
    Remedy.MATCH: "重新匹配 match again: fangan verify --repair",
    Remedy.RUN: "重新统计并发布 run the month again: fangan month {month} --again",
    Remedy.REBUILD: "重建统计库 model every month again: fangan rebuild",
    Remedy.CACHE: "用保存的数据重新生成 make it again from stored rows: fangan verify --repair",
    Remedy.ISSUE: "用保存的文件重新放置 copy it again from stored files: fangan verify --repair",
    Remedy.SITE: "重新生成页面 write the pages again: fangan site",
    Remedy.IDENTIFIERS: "用历史记录重新发布 publish it again: fangan verify --repair",
    Remedy.LOOKUP: "重新生成查询库 build it again: fangan lookup --build --month {month}",
    Remedy.SET_ASIDE: "移到 internal/damaged 保存 move it there: fangan verify --repair",
    Remedy.SWEEP: "删除 remove it: fangan verify --repair",
    Remedy.LOOK: "请查明来源，必要时移走 find out where it comes from",
}
#: Remedies that are only a hint: the platform works without them.
INFORMATIONAL = (Remedy.LOOK,)


@dataclass(frozen=True)
class Damage:
    """One damaged thing: where (``path`` below the home), what, since when, what it affects.

    ``since`` is when the file changed, or when it was last known to be intact. ``month``,
    ``district_id`` and ``delivery_id`` say what to make again.
    """

    area: str
    path: str
    fault: Fault
    remedy: Remedy
    affects: str
    detail: str = ""
    since: str = ""
    month: Month | None = None
    district_id: str | None = None
    delivery_id: int | None = None

    @property
    def is_damage(self) -> bool:
        """Whether something must be repaired; a stray private file is only reported."""
        return self.remedy not in INFORMATIONAL

    @property
    def mends(self) -> str:
        """How to repair it, as a sentence."""
        return REMEDIES[self.remedy].format(month=self.month or "MONTH")


#: Errors that reading a damaged file raises: reported as damage, not as our fault.
_DAMAGE = (
    StoredFileDamageError,
    ArchiveDamageError,
    OSError,
    sqlite3.Error,
    duckdb.Error,
    pa.ArrowException,
    UnicodeError,
    ValueError,
    KeyError,
    TypeError,
)


@dataclass
class Examination:
    """Collects what was checked, what is damaged, and which files are accounted for.

    ``month`` limits it to one month. ``releases`` are the verified ones; with ``shows_change``
    releases are reproduced even if another version of the code made them.
    """

    settings: Settings
    ledger: Ledger
    month: Month | None = None
    shows_change: bool = False
    releases: list[Verified] = field(default_factory=list)
    checked_count: int = 0
    damages: list[Damage] = field(default_factory=list)
    known: set[Path] = field(default_factory=set)

    def covers(self, month: Month) -> bool:
        """Whether this month is to be checked."""
        return self.month is None or month == self.month

    def report(self, damage: Damage) -> None:
        """Add a damage once; if its file exists, ``since`` is the time the file changed."""
        path = self.settings.home / damage.path
        if path.exists() and damage.fault is not Fault.LOST:
            damage = replace(damage, since=changed_at(path))
        if damage not in self.damages:
            self.damages.append(damage)

    def check_hash(self, sha256: str, damage: Damage) -> bool:
        """Compare a file with its hash; report ``damage`` as lost or changed if it differs."""
        self.checked_count += 1
        path = self.settings.home / damage.path
        self.known.add(path)
        is_good = is_whole(path, sha256)
        if not path.is_file():
            self.report(replace(damage, fault=Fault.LOST))
            return False
        if not is_good:
            found = sha256_of(path)
            detail = damage.detail or f"SHA-256 {sha256[:12]}… → {found[:12]}…"
            self.report(replace(damage, fault=Fault.CHANGED, detail=detail))
            return False
        return True

    @contextmanager
    def catching(self, damage: Damage) -> Iterator[None]:
        """Report ``damage`` as unreadable if the block fails on a damaged file."""
        try:
            yield
        except _DAMAGE as error:
            detail = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
            self.report(replace(damage, fault=Fault.UNREADABLE, detail=detail))


Check = Callable[[Examination], None]


def changed_at(path: Path) -> str:
    """Return when a file was last changed, as ISO time in Suzhou."""
    return datetime.fromtimestamp(path.stat().st_mtime, SUZHOU).isoformat(timespec="seconds")
