"""``fangan withdraw``: records that a delivery no longer counts."""

from __future__ import annotations

import click

from orchestration.console.output import Record
from orchestration.ingest.reader.privacy import mask
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import find_district
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Version

_FORM = "MONTH/DISTRICT/KIND/VERSION, for example 2022-10/gusu/monthly_report/2"


def withdraw(settings: Settings, delivery: str, note: str) -> Record:
    """Record the withdrawal of a delivery, named as in ``marts.rpt_revision``.

    Raises click.UsageError for an invalid name, and for a delivery that never arrived or was
    withdrawn before. Nothing is computed: the next run of the month leaves it out.
    """
    ledger = Ledger(settings.ledger)
    version = _version(ledger, delivery)
    if version.withdrawn_at:
        raise click.UsageError(f"{delivery} 已撤回。It was withdrawn at {version.withdrawn_at}.")
    ledger.record_withdrawal(version.arrival.delivery_id, note)
    return {
        "delivery": delivery,
        "file_name": mask(version.arrival.file_name),
        "sha256": version.arrival.sha256,
        "note": note,
        "next": f"fangan month {version.arrival.month}",
    }


def _version(ledger: Ledger, delivery: str) -> Version:
    parts = delivery.split("/")
    try:
        month, place, kind, number = parts
        district_id, version = find_district(place), int(number)
        arrived = ledger.versions(Month.parse(month), district_id or "", kind)
    except ValueError as error:
        raise click.UsageError(f"{delivery!r}：{error}；写法 write it as {_FORM}") from error
    if district_id is None or kind not in load_contracts():
        raise click.UsageError(f"{delivery!r}：没有这个地区或报表种类；写法 write it as {_FORM}")
    for candidate in arrived:
        if candidate.arrival.version == version:
            return candidate
    raise click.UsageError(f"没有收到过 {delivery}，共收到 {len(arrived)} 次。It never arrived.")
