"""A delivery in parts made one: its parts joined, its rows sorted out, held against each other.

What a month's run and a clerk's check both do with parts once each is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from orchestration.ingest.reading import Reading
from orchestration.judgement.parts.joining import Part, join_parts
from orchestration.judgement.parts.overlaps import overlapping_parts
from orchestration.judgement.reports.report_rows import sort_out
from orchestration.reference.contracts import load_contracts
from orchestration.settings import Settings
from orchestration.store.records import Arrival

__all__ = ["Part", "join_and_compare"]


def join_and_compare(
    settings: Settings, arrival: Arrival, parts: Sequence[Part], landing: Path, notes: Path
) -> Reading:
    """Write the parts' rows as one landing and return their receipt, with what overlaps.

    The landings and notes of the parts are removed.
    """
    joined = join_parts(parts, load_contracts()[arrival.kind], landing, notes)
    for part in parts:
        part.landing.unlink()
        part.notes.unlink()
    reading = sort_out(arrival, joined, landing)
    found = overlapping_parts(settings, arrival, reading, landing)
    return replace(reading, problems=[*reading.problems, *found])
