"""What is wrong with one stored thing, in words, and the collector of what was looked at."""

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
from orchestration.store.files import StoredFileDamageError, sha256_of
from orchestration.store.ledger import Ledger


class Fault(StrEnum):
    """What is the matter with a thing."""

    LOST = "lost"
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    DIFFERS = "differs"
    UNFINISHED = "unfinished"
    HALF_MADE = "half_made"
    STRAY = "stray"


class Remedy(StrEnum):
    """What mends it. ``BACKUP`` is what nothing here can make again."""

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
    Fault.LOST: "已丢失 is gone",
    Fault.CHANGED: "内容已变 has changed",
    Fault.UNREADABLE: "无法读取 cannot be read",
    Fault.DIFFERS: "与来源不符 differs from what it was made of",
    Fault.UNFINISHED: "发布中断 a publication was broken off",
    Fault.HALF_MADE: "未写完的残留 left half-made by a process that died",
    Fault.STRAY: "台账中没有 is not known to the ledger",
}
REMEDIES = {
    Remedy.BACKUP: (
        "无法重做，须从备份恢复到原处（文件名不变），再核对一次。Nothing can make it again: put it"
        " back from a backup, under the same name, and verify again"
    ),
    Remedy.JUDGE: "从存档重新判定 judge anew from the archive: fangan verify --repair",
    Remedy.MATCH: "重新匹配 match anew: fangan verify --repair",
    Remedy.RUN: "重新统计并发布 run the month again: fangan month {month} --again",
    Remedy.REBUILD: "重建统计库 model every month again: fangan rebuild",
    Remedy.CACHE: "由留存的行重做 made anew from kept rows: fangan verify --repair",
    Remedy.ISSUE: "由留存的内容重新放置 put in place again: fangan verify --repair",
    Remedy.SITE: "重新生成页面 write the pages anew: fangan site",
    Remedy.IDENTIFIERS: "由历史重新发布 publish it anew: fangan verify --repair",
    Remedy.LOOKUP: "重新生成查询库 make it anew: fangan lookup --build --month {month}",
    Remedy.SET_ASIDE: "移到 internal/damaged 留存 it is put aside: fangan verify --repair",
    Remedy.SWEEP: "清除 it is removed: fangan verify --repair",
    Remedy.LOOK: "请查明来历，需要时移走 find out where it comes from",
}
#: What only tells: nobody has to do anything for the platform's sake.
TOLD_ONLY = (Remedy.LOOK,)


@dataclass(frozen=True)
class Damage:
    """One damaged thing: where (``path`` below the home), what, since when, what it affects.

    ``since`` is when the file changed, or when it was last known to be whole. ``month`` and
    ``district_id`` say what to make anew.
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
        """Whether something must be mended; a stray private file only asks for a look."""
        return self.remedy not in TOLD_ONLY

    @property
    def mends(self) -> str:
        """What mends it, as a sentence."""
        return REMEDIES[self.remedy].format(month=self.month or "MONTH")


#: What reading damaged things raises: told, never a fault of ours.
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
    """What was looked at, what is wrong, and which files are accounted for.

    ``month`` limits it to what belongs to one month. ``releases`` are the verified ones;
    ``shows_change`` makes also those again that other code made.
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
        """Whether things of that month are asked for."""
        return self.month is None or month == self.month

    def tell(self, damage: Damage) -> None:
        """Note what is wrong with a thing, with the day its file changed if that is all known."""
        path = self.settings.home / damage.path
        if path.exists() and damage.fault is not Fault.LOST:
            damage = replace(damage, since=changed_at(path))
        if damage not in self.damages:
            self.damages.append(damage)

    def hold(self, sha256: str, told: Damage) -> bool:
        """Hold a file against its hash; ``told`` is what to tell, whatever its fault."""
        self.checked_count += 1
        path = self.settings.home / told.path
        self.known.add(path)
        if not path.is_file():
            self.tell(replace(told, fault=Fault.LOST))
            return False
        found = sha256_of(path)
        if found != sha256:
            detail = told.detail or f"SHA-256 {sha256[:12]}… → {found[:12]}…"
            self.tell(replace(told, fault=Fault.CHANGED, detail=detail))
            return False
        return True

    @contextmanager
    def reading(self, told: Damage) -> Iterator[None]:
        """Tell ``told`` as unreadable if what is read in the block is damaged."""
        try:
            yield
        except _DAMAGE as error:
            detail = f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
            self.tell(replace(told, fault=Fault.UNREADABLE, detail=detail))


Check = Callable[[Examination], None]


def changed_at(path: Path) -> str:
    """Return when a file was last changed, on Suzhou's clock."""
    return datetime.fromtimestamp(path.stat().st_mtime, SUZHOU).isoformat(timespec="seconds")
