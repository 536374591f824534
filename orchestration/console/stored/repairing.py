"""``fangan verify --repair``: makes damaged files again, with the functions that made them.

Damaged files are first moved below ``internal/damaged``; only leftovers of dead processes are
deleted. What cannot be made again (archive, ledger, files stored with releases, samples) is never
touched.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from orchestration.console.building_lookup import build_if_any
from orchestration.console.monthly.month_run import run_month
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month, judge_former
from orchestration.matching.identifiers import build_identifiers, publish_identifiers
from orchestration.matching.month import match_month
from orchestration.modelling.rebuild import rebuild_warehouse
from orchestration.publication.issue.placing import place_issue, write_bulletin
from orchestration.publication.issue.site import write_site
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import scratch_folder, sweep
from orchestration.store.ledger import Ledger
from orchestration.store.locks import BusyError, holding, open_elsewhere
from orchestration.store.records import Arrival
from orchestration.verification.damage import Damage, Remedy

#: Moved away before they are made again; a damaged archive or release stays where it is.
_REPAIRABLE = frozenset(Remedy) - {Remedy.BACKUP, Remedy.LOOK}


def repair(settings: Settings, damages: Sequence[Damage]) -> list[str]:
    """Make damaged files again if possible; return what failed, and why.

    Verify again afterwards to see whether everything is intact. Raises BusyError during a run.
    """
    now = datetime.now(SUZHOU)
    repairable = [damage for damage in damages if damage.remedy in _REPAIRABLE]
    failures: list[str] = []
    with holding(settings.ledger_locks, "month"), holding(settings.locks, "warehouse"):
        _set_aside(settings, repairable, now)
        ledger = Ledger(settings.ledger)
        # files that are not made any more must not be reported as missing
        obsolete = {damage.path: None for damage in _with(repairable, Remedy.SET_ASIDE)}
        ledger.record_public_files(obsolete)
        for damage in _with(repairable, Remedy.SWEEP):
            sweep((settings.home / damage.path).parent)
        with _attempt("judge", failures):
            _judge(settings, ledger, _with(repairable, Remedy.JUDGE))
        for month in _months(repairable, Remedy.MATCH):
            with _attempt(f"match {month}", failures):
                match_month(settings, ledger, month)
                build_identifiers(settings, ledger, month)
    remedies = {damage.remedy for damage in repairable}
    if Remedy.REBUILD in remedies:
        with _attempt("rebuild", failures):
            rebuild_warehouse(settings, lambda _: None)
    if remedies & {Remedy.RUN, Remedy.REBUILD} and (judged := ledger.months()):
        with _attempt(f"run {judged[-1]}", failures):
            run_month(settings, judged[-1], again=True)
    with holding(settings.ledger_locks, "month"):
        _put_in_place(settings, ledger, repairable, now, failures)
    for month in _months(repairable, Remedy.LOOKUP):
        with _attempt(f"look-up of {month}", failures):
            build_if_any(settings, month)
    return failures


def is_repairable(damage: Damage) -> bool:
    """Whether ``repair`` can do something about it."""
    return damage.remedy in _REPAIRABLE


@contextmanager
def _attempt(what: str, failures: list[str]) -> Iterator[None]:
    """Note a failure and go on with the other repairs; a lock of another process ends them."""
    try:
        yield
    except BusyError:
        raise
    except Exception as error:
        if busy := open_elsewhere(str(error)):
            raise busy from error
        failures.append(f"{what}: {type(error).__name__}: {error}")


def _months(damages: Sequence[Damage], remedy: Remedy) -> list[Month]:
    return sorted({damage.month for damage in _with(damages, remedy) if damage.month})


def _put_in_place(
    settings: Settings,
    ledger: Ledger,
    damages: Sequence[Damage],
    now: datetime,
    failures: list[str],
) -> None:
    """Write the public files again, apart from the published figures."""
    remedies = {damage.remedy for damage in damages}
    if Remedy.IDENTIFIERS in remedies:
        with _attempt("identifiers", failures):
            publish_identifiers(settings)
    for month in _months(damages, Remedy.ISSUE):
        with _attempt(f"files of {month}", failures):
            _issue(settings, ledger, month, now)
    if remedies & {Remedy.SITE, Remedy.ISSUE} and settings.statistics.exists():
        with _attempt("site", failures):
            write_site(settings, ledger, now)


def _with(damages: Sequence[Damage], remedy: Remedy) -> list[Damage]:
    return [damage for damage in damages if damage.remedy is remedy]


def _set_aside(settings: Settings, damages: Sequence[Damage], now: datetime) -> None:
    """Move damaged files below ``internal/damaged/<time>``, keeping their paths."""
    place = settings.internal / "damaged" / f"{now:%Y-%m-%dT%H%M%S}"
    for path in sorted({d.path for d in damages if d.remedy is not Remedy.SWEEP}):
        damaged = settings.home / path
        if damaged.is_file() or damaged.is_symlink():
            (place / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.replace(damaged, place / path)


def _judge(settings: Settings, ledger: Ledger, damages: Sequence[Damage]) -> None:
    """Judge the districts' months and the earlier versions again that have damaged files."""
    if not damages:
        return
    with ReaderPool() as pool, scratch_folder(settings.scratch, "raw") as empty:
        # without the raw folder the archive has every delivery that ever counted
        read_from = settings if settings.raw.is_dir() else replace(settings, raw=empty)
        places = {(d.month, d.district_id) for d in damages if d.month and d.district_id}
        for delivery_id in sorted({d.delivery_id for d in damages if d.delivery_id}):
            arrival = ledger.arrival(delivery_id)
            if arrival and not _is_current(ledger, arrival):
                judge_former(read_from, ledger, pool.read, arrival)
        for month, district_id in sorted(places):
            judge_district_month(read_from, ledger, pool.read, month, district_id, again=True)


def _is_current(ledger: Ledger, arrival: Arrival) -> bool:
    current = ledger.current_arrival(arrival.month, arrival.district_id, arrival.kind)
    return current is not None and current.delivery_id == arrival.delivery_id


def _issue(settings: Settings, ledger: Ledger, month: Month, now: datetime) -> None:
    """Put a month's files in place again: those of every release, the current one last."""
    state = ledger.release_state(month)
    for vintage in state.vintages:
        place_issue(settings, vintage)
    if state.shown is None:
        write_bulletin(settings, month, now)
