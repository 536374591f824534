"""What lies in ``raw`` where no run takes it up, and what a run took up and is gone from there.

A clerk or a script that lays a folder under a slightly wrong name would wait for ever: here it is
told, with the right name where one can be guessed. Add a wrong form here that people use. A file
that lies in the right folder and is no delivery is told by judgement (rule DL-001).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.ingest.deliveries import delivered_files, kind_of
from orchestration.ingest.names import shown_name
from orchestration.ingest.reader.privacy import mask
from orchestration.reference.contracts import kinds_of, load_contracts
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import district_ids, district_in, find_district, folder_codes
from orchestration.reference.months import FIRST_MONTH, Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

_MONTH_LIKE = re.compile(r"(20\d{2})\D{0,3}?(1[0-2]|0?[1-9])\D*")
_TABLES = {".xlsx", ".xls", ".xlsm", ".et", ".ods", ".csv"}
_EDITORIAL = "editorial.md"


@dataclass(frozen=True)
class Unplaced:
    """One thing that lies wrongly: its masked path, a key of its fault, what to do.

    ``fault`` is ``missing_raw``, ``empty_raw``, ``month_name``, ``district_name``, ``no_folder``,
    ``early`` (it waits for its month; nothing to do) or ``removed``. ``right`` is the path that
    was meant, where it can be guessed.
    """

    path: str
    fault: str
    message: str
    right: str | None = None


def unplaced(settings: Settings, ledger: Ledger, now: datetime) -> list[Unplaced]:
    """Return everything that lies wrongly, or has gone, by path; empty if all is in its place."""
    found = misplaced(settings, ledger, now)
    is_there = not any(one.fault in ("missing_raw", "empty_raw") for one in found)
    return [*found, *(_removed(settings, ledger) if is_there else ())]


def misplaced(settings: Settings, ledger: Ledger, now: datetime) -> list[Unplaced]:
    """Return what lies where no run takes it up, by path; it only lists two levels of folders."""
    raw = settings.raw
    if not raw.is_dir():
        return [
            Unplaced(
                str(raw),
                "missing_raw",
                "报送文件夹不存在或未挂载。The folder of deliveries is missing or not mounted:"
                " mount it, or set FANGAN_RAW",
            )
        ]
    entries = [path for path in sorted(raw.iterdir()) if not _is_hidden(path)]
    if not any(path.is_dir() for path in entries) and ledger.months_of_arrivals():
        return [
            Unplaced(
                str(raw),
                "empty_raw",
                "报送文件夹是空的，而以前收过报送，可能未挂载。It is empty, though files arrived"
                " from it before: is it mounted?",
            )
        ]
    current = Month.of(now.astimezone(SUZHOU).date())
    return [one for path in entries for one in _of_entry(path, raw, current)]


def _is_hidden(path: Path) -> bool:
    return path.name.startswith((".", "~$"))


def _of_entry(path: Path, raw: Path, current: Month) -> Iterator[Unplaced]:
    """Yield what is wrong with an entry of ``raw``, or inside the folder of a month."""
    if not path.is_dir():
        if _may_be_a_delivery(path):
            yield _outside(path, raw)
        return
    month = _month(path.name)
    if month is None:
        meant = _guessed_month(path.name)
        yield Unplaced(
            mask(path.name),
            "month_name",
            "文件夹名不是月份，其中的报送没有收取。Not the name of a month (YYYY-MM, from"
            f" {FIRST_MONTH}): rename the folder",
            str(meant) if meant else None,
        )
        return
    if month > current:
        yield Unplaced(
            path.name,
            "early",
            f"{month.chinese}尚未开始，届时自动收取。It waits until the month has come",
        )
    for inner in sorted(path.iterdir()):
        if not _is_hidden(inner):
            yield from _of_month_entry(inner, raw, month)


def _of_month_entry(path: Path, raw: Path, month: Month) -> Iterator[Unplaced]:
    if not path.is_dir():
        if path.name != _EDITORIAL and _may_be_a_delivery(path):
            yield _outside(path, raw)
        return
    if path.name not in {
        code for district_id in district_ids() for code in folder_codes(district_id)
    }:
        meant = find_district(path.name)
        yield Unplaced(
            mask(str(path.relative_to(raw))),
            "district_name",
            "文件夹名不是地区代码，其中的报送没有收取。Not the code of a district: rename it",
            f"{month}/{_code(meant, month)}" if meant else None,
        )


def _outside(path: Path, raw: Path) -> Unplaced:
    return Unplaced(
        mask(str(path.relative_to(raw).with_name(shown_name(path)))),
        "no_folder",
        "文件不在地区文件夹中，没有收取。It lies in no district's folder: move it to"
        " <month>/<district code>/",
    )


def _may_be_a_delivery(path: Path) -> bool:
    return path.suffix.lower() in _TABLES or kind_of(shown_name(path)) is not None


def _month(name: str) -> Month | None:
    try:
        month = Month.parse(name)
    except ValueError:
        return None
    return month if str(month) == name and month >= Month.parse(FIRST_MONTH) else None


def _guessed_month(name: str) -> Month | None:
    """Return the month that a name stands for: 2022-9, 202210, 2022年10月, 2022.10."""
    match = _MONTH_LIKE.fullmatch(name.strip())
    return _month(f"{match[1]}-{int(match[2]):02d}") if match else None


def _code(district_id: str, month: Month) -> str:
    try:
        return district_in(district_id, month).district_code
    except KeyError:
        return folder_codes(district_id)[-1]


def _removed(settings: Settings, ledger: Ledger) -> Iterator[Unplaced]:
    """Yield the folders from which a delivery that counts has gone; it counts on all the same.

    Months that are released, and those of which nothing lies there any more, were cleared away.
    """
    for month in ledger.months_of_arrivals():
        if not (settings.raw / str(month)).is_dir() or ledger.release_state(month).shown:
            continue
        for district_id in district_ids():
            there = {
                kind_of(shown_name(path))
                for path in delivered_files(settings.raw, month, district_id)
            }
            gone = [
                load_contracts()[kind].title
                for kind in kinds_of(district_id)
                if kind not in there and ledger.current_arrival(month, district_id, kind)
            ]
            if gone:
                yield Unplaced(
                    f"{month}/{_code(district_id, month)}",
                    "removed",
                    f"已收取的{'、'.join(gone)}已不在文件夹中，仍按已收取的统计；要撤回须运行"
                    " fangan withdraw。The files are gone, and count on: withdraw them if they"
                    " should not",
                )
