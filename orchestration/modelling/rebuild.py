"""Making the working DuckDB again, month by month, from what the ledger names.

For when the shape of a mart has changed: the warehouse holds the rows of one month only, so the
earlier ones come back by running their models again. Nothing is read or judged anew. A run does it
by itself, ``fangan rebuild`` when asked.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace

from orchestration.modelling.audit import audit_faults
from orchestration.modelling.building import build
from orchestration.modelling.dbt import prepare_manifest
from orchestration.modelling.run_inputs import write_run_inputs
from orchestration.modelling.shape import WarehouseShapeError
from orchestration.modelling.stamp import mark_audited
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import sync_folder
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding


def rebuild_warehouse(settings: Settings, tell: Callable[[Month], None]) -> list[Month]:
    """Model every judged month in order into a new warehouse, then put it in the old one's place.

    ``tell`` hears of each month before it starts. The warehouse in use stays as it was until
    all months are there. Raises BusyError, DbtBuildError, StoredFileDamageError.
    """
    with holding(settings.locks, "warehouse"):
        return _rebuild(settings, Ledger(settings.ledger), tell)


def write_inputs_or_rebuild(
    settings: Settings, ledger: Ledger, month: Month, tell: Callable[[str], None]
) -> None:
    """Write a run's inputs; a warehouse that an earlier program built is rebuilt before.

    The caller holds the warehouse. ``tell`` hears why, and of each month. Raises like
    ``rebuild_warehouse``.
    """
    try:
        write_run_inputs(settings, ledger, month)
    except WarehouseShapeError as error:
        tell(
            "统计库由另一版本的程序建立，先用已保存的数据重建各月。The warehouse is of another"
            f" version of the program, so every month is modelled again first: {error}"
        )
        _rebuild(settings, ledger, lambda rebuilt: tell(f"{rebuilt} …"))
        write_run_inputs(settings, ledger, month)


def _rebuild(settings: Settings, ledger: Ledger, tell: Callable[[Month], None]) -> list[Month]:
    months = [month for month in ledger.months() if ledger.arrivals(month)]
    folder = settings.home / "rebuild"
    beside = replace(settings, warehouse_folder=folder)
    # left by a rebuild that was broken off
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    prepare_manifest(settings)
    log = folder / "dbt.log"
    for month in months:
        tell(month)
        write_run_inputs(beside, ledger, month)
        with log.open("a", encoding="utf-8") as lines, redirect_stdout(lines):
            build(beside, [])
        if not audit_faults(ledger, month):
            mark_audited(beside, month)
    if months:
        os.replace(beside.warehouse, settings.warehouse)
        sync_folder(settings.home)
    shutil.rmtree(folder)
    return months
