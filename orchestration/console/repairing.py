"""``fangan verify --repair``: making again what can be made again, by the functions that made it.

What is damaged is put aside first, below ``internal/damaged``; nothing is thrown away but what a
dead process left half-made. What cannot be made again (archive, ledger, what releases kept,
samples) is never touched.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from orchestration.console.lookup import build_if_any
from orchestration.console.month import run_month
from orchestration.deadlines import SUZHOU
from orchestration.ingest.readers import ReaderPool
from orchestration.judgement.district import judge_district_month, judge_former
from orchestration.matching.identifiers import build_identifiers, publish_identifiers
from orchestration.matching.month import match_month
from orchestration.modelling.rebuild import rebuild_warehouse
from orchestration.months import Month
from orchestration.publication.issue import place_issue, write_bulletin
from orchestration.publication.site import write_site
from orchestration.settings import Settings
from orchestration.store.files import scratch_folder, sweep
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding
from orchestration.verification.damage import Damage, Remedy

#: Put aside before they are made anew; a changed archive or kept release stays where it is.
_MADE_ANEW = frozenset(Remedy) - {Remedy.BACKUP, Remedy.LOOK, Remedy.SWEEP}


def repair(settings: Settings, damages: Sequence[Damage]) -> None:
    """Make again what of the damages can be; whether it is whole then is for another look.

    Raises BusyError if a run goes on, and what the making raises where even that fails.
    """
    now = datetime.now(SUZHOU)
    mendable = [damage for damage in damages if damage.remedy in _MADE_ANEW]
    _set_aside(settings, mendable, now)
    with holding(settings.locks, "month"), holding(settings.locks, "warehouse"):
        ledger = Ledger(settings.ledger)
        for damage in damages:
            if damage.remedy is Remedy.SWEEP:
                sweep((settings.home / damage.path).parent)
        _judge(settings, ledger, _with(mendable, Remedy.JUDGE))
        months = {d.month for d in _with(mendable, Remedy.MATCH) if d.month}
        _match(settings, ledger, sorted(months))
    remedies = {damage.remedy for damage in mendable}
    if Remedy.REBUILD in remedies:
        rebuild_warehouse(settings, lambda _: None)
    if remedies & {Remedy.RUN, Remedy.REBUILD} and (judged := ledger.months()):
        run_month(settings, judged[-1], again=True)
    with holding(settings.locks, "month"):
        if Remedy.IDENTIFIERS in remedies:
            publish_identifiers(settings)
        for month in sorted({d.month for d in _with(mendable, Remedy.ISSUE) if d.month}):
            _issue(settings, ledger, month, now)
        if remedies & {Remedy.SITE, Remedy.ISSUE} and settings.statistics.exists():
            write_site(settings, ledger, now)
    for month in sorted({d.month for d in _with(mendable, Remedy.LOOKUP) if d.month}):
        build_if_any(settings, month)


def _with(damages: Sequence[Damage], remedy: Remedy) -> list[Damage]:
    return [damage for damage in damages if damage.remedy is remedy]


def _set_aside(settings: Settings, damages: Sequence[Damage], now: datetime) -> None:
    """Move what is damaged below ``internal/damaged/<time>``, under the path that it had."""
    place = settings.internal / "damaged" / f"{now:%Y-%m-%dT%H%M%S}"
    for path in sorted({damage.path for damage in damages}):
        damaged = settings.home / path
        if damaged.is_file() or damaged.is_symlink():
            (place / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.replace(damaged, place / path)


def _judge(settings: Settings, ledger: Ledger, damages: Sequence[Damage]) -> None:
    """Judge anew the districts' months, and former versions, of which something is damaged."""
    if not damages:
        return
    with ReaderPool() as pool, scratch_folder(settings.scratch, "raw") as empty:
        # without the folder of deliveries the archive has all that ever counted
        read_from = settings if settings.raw.is_dir() else replace(settings, raw=empty)
        places = {(d.month, d.district_id) for d in damages if d.month and d.district_id}
        for delivery_id in sorted({d.delivery_id for d in damages if d.delivery_id}):
            arrival = ledger.arrival(delivery_id)
            if arrival and not _counts(ledger, delivery_id):
                judge_former(read_from, ledger, pool.read, arrival)
        for month, district_id in sorted(places):
            judge_district_month(read_from, ledger, pool.read, month, district_id, again=True)


def _counts(ledger: Ledger, delivery_id: int) -> bool:
    arrival = ledger.arrival(delivery_id)
    assert arrival is not None  # it was just found
    current = ledger.current_arrival(arrival.month, arrival.district_id, arrival.kind)
    return current is not None and current.delivery_id == delivery_id


def _match(settings: Settings, ledger: Ledger, months: Sequence[Month]) -> None:
    for month in months:
        match_month(settings, ledger, month)
        build_identifiers(settings, ledger, month)


def _issue(settings: Settings, ledger: Ledger, month: Month, now: datetime) -> None:
    """Put a month's files in place again: of every release, the one that is shown last."""
    standing = ledger.standing(month)
    for vintage in standing.vintages:
        place_issue(settings, vintage)
    if standing.shown is None:
        write_bulletin(settings, month, now)
