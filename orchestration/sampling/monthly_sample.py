"""A month's sample: drawn from its frame, kept as Parquet and recorded in the ledger.

The same draw again returns the stored sample; a different one for the same month must be asked
for. Add here what is decided about a sample as a whole; the method is ``draw``'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.reference.approvals import approval_refusal
from orchestration.reference.months import Month
from orchestration.sampling.draw import JOINED, Draw, FrameRow, draw
from orchestration.sampling.frame import Frame, load_frame
from orchestration.settings import Settings
from orchestration.store.files import sha256_of, verified
from orchestration.store.ledger import Ledger
from orchestration.store.locks import holding
from orchestration.store.objects.shared import sharing
from orchestration.store.records import StoredFile
from orchestration.store.samples import Sample

#: What is kept of a drawn building beside its row of the frame and its stratum's name: the counts
#: of its stratum in the frame and in the sample, and its place in the order of the draw.
SAMPLE_COUNTS = ("stratum_frame_count", "stratum_sample_count", "draw_order")
STRATUM = "stratum"


class NoLedgerError(LookupError):
    """Districts without an accepted building ledger; ``district_ids`` names them."""

    def __init__(self, district_ids: tuple[str, ...]) -> None:
        super().__init__(", ".join(district_ids))
        self.district_ids = district_ids


class OtherSampleError(RuntimeError):
    """Another sample is kept for the month; ``sample`` is it."""

    def __init__(self, sample: Sample) -> None:
        super().__init__(f"{sample.month} has a sample of seed {sample.seed}")
        self.sample = sample


class NotApprovedError(RuntimeError):
    """Another person must approve the draw; the message says so in Chinese and English."""


@dataclass(frozen=True)
class Drawn:
    """A month's sample: what the ledger keeps of it, its rows, and whether it is new.

    ``strata_without_sample`` counts the frame's strata that rates do not cover, because nothing was
    drawn from them. There are none, except in samples from before small strata were joined.
    """

    sample: Sample
    rows: pa.Table
    strata_without_sample: int
    is_new: bool
    is_simulated: bool


def draw_sample(
    settings: Settings,
    month: Month,
    *,
    size: int,
    seed: int,
    drawn_by: str,
    approved_by: str | None = None,
    is_redrawn: bool = False,
    without_absent: bool = False,
) -> Drawn:
    """Draw the month's sample and keep it, or return the kept one if it is the same draw.

    Raises NoLedgerError where districts have no accepted ledger, unless ``without_absent`` draws
    from the others; OtherSampleError where another draw is kept and ``is_redrawn`` does not
    replace it; SampleSizeError for a size that the frame does not allow; NotApprovedError where
    another person must approve it; BusyError while another process draws.
    """
    refusal = approval_refusal(drawn_by, approved_by, settings.sample_approvals)
    if refusal:
        raise NotApprovedError(refusal)
    with holding(settings.ledger_locks, "sample"):
        ledger = Ledger(settings.ledger)
        frame = load_frame(settings, ledger, month)
        if frame.absent and not (without_absent and frame.buildings.num_rows):
            raise NoLedgerError(frame.absent)
        drawn = draw(frame.rows, size, seed)
        kept = ledger.sample_of(month)
        is_same = kept is not None and (kept.size, kept.seed, kept.frame_sha256) == (
            size,
            seed,
            drawn.frame_sha256,
        )
        if kept is not None and not is_same and not is_redrawn:
            raise OtherSampleError(kept)
        if kept is None or not is_same:
            drawn.require_every_stratum()
            file = _store(settings, month, seed, _sampled(frame, drawn, month))
            kept = ledger.record_sample(
                month,
                size=size,
                seed=seed,
                frame_sha256=drawn.frame_sha256,
                frame_count=frame.buildings.num_rows,
                absent=frame.absent,
                file=file,
                drawn_by=drawn_by,
                approved_by=approved_by,
            )
        rows = pq.read_table(verified(settings.home / kept.file.path, kept.file.sha256))
    return Drawn(
        sample=kept,
        rows=rows,
        strata_without_sample=len(_strata_of(frame.rows) - _spoken_for(rows)),
        is_new=not is_same,
        is_simulated=frame.is_simulated,
    )


def _strata_of(rows: list[FrameRow]) -> set[tuple[str, str]]:
    """Return (district, name) of the strata before any are joined."""
    return {(row.district_id, row.stratum_name) for row in rows}


def _spoken_for(sample: pa.Table) -> set[tuple[str, str]]:
    """Return (district, name) of the strata of the frame that a kept sample was drawn from."""
    rows = [FrameRow(*values) for values in zip(*_columns(sample, FrameRow._fields), strict=True)]
    if STRATUM not in sample.column_names:
        return _strata_of(rows)
    districts, strata = _columns(sample, ("district_id", STRATUM))
    pairs = set(zip(districts, strata, strict=True))
    return {(district, name) for district, joined in pairs for name in joined.split(JOINED)}


def _columns(table: pa.Table, names: Iterable[str]) -> list[list[Any]]:
    return [table[name].to_pylist() for name in names]


def _sampled(frame: Frame, drawn: Draw, month: Month) -> pa.Table:
    """Return the drawn rows of the frame in the order of the draw, with STRATUM and counts."""
    strata = [stratum.name for stratum in drawn.strata for _ in stratum.drawn]
    counts = [(s.frame_count, len(s.drawn)) for s in drawn.strata for _ in s.drawn]
    keys = [(row.district_id, row.building_id) for row in drawn.rows]
    columns = _columns(frame.buildings, ("district_id", "building_id"))
    positions = {key: n for n, key in enumerate(zip(*columns, strict=True))}
    rows = frame.buildings.take(pa.array([positions[key] for key in keys]))
    table = rows.add_column(
        0, "sample_month", pa.repeat(pa.scalar(month.first_day, pa.date32()), rows.num_rows)
    )
    table = table.append_column(STRATUM, pa.array(strata, pa.string()))
    values = (*zip(*counts, strict=True), range(1, rows.num_rows + 1))
    for name, numbers in zip(SAMPLE_COUNTS, values, strict=True):
        table = table.append_column(name, pa.array(numbers, pa.int64()))
    return table


def _store(settings: Settings, month: Month, seed: int, table: pa.Table) -> StoredFile:
    """Write the rows under a name that a redraw does not share; return where they lie."""
    folder = settings.samples / str(month)
    number = len(list(folder.glob("*.parquet"))) + 1
    path = folder / f"sample-{number}-{seed}.parquet"
    with sharing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")
    return StoredFile(str(path.relative_to(settings.home)), sha256_of(path))
