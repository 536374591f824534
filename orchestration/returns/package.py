"""Builds the return package of one district and month, and replaces the old one as a whole.

``$FANGAN_HOME/returns/<month>/<district_id>/`` has the marked files, ``问题清单.xlsx`` and
``退回说明.docx``. Apart from ``raw`` and the archive it is the only place with unmasked personal
data, and it has only the district's own. Nothing of an earlier package is left. It uses the
latest judgement in the ledger and judges nothing itself.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.reference.districts import district_in
from orchestration.reference.months import Month
from orchestration.reference.vocabulary import DEMONSTRATION
from orchestration.returns.copies import CELL_LIMIT, write_copies
from orchestration.returns.findings import Delivery, load_deliveries
from orchestration.returns.issue_list import ISSUE_LIST_NAME, write_issue_list
from orchestration.returns.note import NOTE_NAME, write_note
from orchestration.returns.wording import is_demonstration
from orchestration.settings import Settings
from orchestration.store.files import sync_file, sync_folder
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding


@dataclass(frozen=True)
class ReturnPackage:
    """A district's package: its folder, the files in it, the number of findings.

    ``asks_for_action`` is false if all findings are for information only. Without findings there
    are no files and no folder.
    """

    district_id: str
    folder: Path
    paths: tuple[Path, ...]
    finding_count: int
    asks_for_action: bool

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to return."""
        return not self.paths


def build_return(
    settings: Settings,
    ledger: Ledger,
    month: Month,
    district_id: str,
    cell_limit: int = CELL_LIMIT,
) -> ReturnPackage:
    """Write a district's return package for its latest judgement of a month.

    Of workbooks with more than ``cell_limit`` cells only the affected rows are returned. Raises
    KeyError for a district unknown in that month, NotJudgedError (run the month first), BusyError
    while another process builds the same package, and the store's damage errors.
    """
    name = district_in(district_id, month).district_name
    deliveries = load_deliveries(settings, ledger, month, district_id)
    finding_count = sum(delivery.findings.num_rows for delivery in deliveries)
    folder = settings.home / "returns" / str(month) / district_id
    with holding(settings.ledger_locks, f"return-{month}-{district_id}"):
        if finding_count == 0:
            _remove_leftovers(folder)
            shutil.rmtree(folder, ignore_errors=True)
            return ReturnPackage(district_id, folder, (), 0, False)
        with _replacing_folder(folder) as building:
            _write(settings, building, name, deliveries, month, cell_limit)
    asks = any(v.asks_for_action for delivery in deliveries for v in delivery.judgement.verdicts)
    return ReturnPackage(district_id, folder, tuple(sorted(folder.iterdir())), finding_count, asks)


def _write(
    settings: Settings,
    folder: Path,
    district_name: str,
    deliveries: list[Delivery],
    month: Month,
    cell_limit: int,
) -> None:
    subject = f"{district_name}{month.chinese}"
    names = [delivery.file_name for delivery in deliveries]
    mark = f"（{DEMONSTRATION}）" if is_demonstration(names) else ""
    copies = write_copies(settings, deliveries, folder, cell_limit)
    write_issue_list(folder / ISSUE_LIST_NAME, f"{subject}问题清单{mark}", deliveries, copies)
    write_note(
        *(folder / NOTE_NAME, subject, month, deliveries, copies),
        addressee=district_name,
        sender=settings.masthead.publisher,
    )


@contextmanager
def _replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty private folder; on success sync it and let it replace ``folder``."""
    for private in (folder.parent.parent, folder.parent):
        private.mkdir(exist_ok=True, mode=0o700)
    _remove_leftovers(folder)
    building = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_prefix(folder)))
    try:
        yield building
        for path in building.iterdir():
            path.chmod(0o600)
            sync_file(path)
        sync_folder(building)
        if folder.exists():
            folder.rename(folder.with_name(f"{_prefix(folder)}old"))
        building.rename(folder)
        sync_folder(folder.parent)
    finally:
        _remove_leftovers(folder)


def _remove_leftovers(folder: Path) -> None:
    """Remove leftovers of a killed process, and the package that was just replaced."""
    for leftover in folder.parent.glob(f"{_prefix(folder)}*"):
        shutil.rmtree(leftover)


def _prefix(folder: Path) -> str:
    return f".{folder.name}."
