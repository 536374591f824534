"""Where a month's look-up takes its rows from: the release that is shown, else the last run.

A released month is told from the rows that its release keeps, whatever was delivered since; an
open one from those the ledger names. Nothing is read here, only named and verified.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestration.districts import CITY_ID
from orchestration.matching.month import CODES, PLATES, result_file
from orchestration.months import Month
from orchestration.publication.released import read_manifest
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.records import StoredFile

SURVEY = "building_survey"


class SourcesDifferError(RuntimeError):
    """What was matched last is not what was released: the two cannot be told together."""


@dataclass(frozen=True)
class Sources:
    """Verified Parquet files of a month by kind, and the outcomes of matching, if there are any."""

    accepted: dict[str, list[Path]]
    matched: Path | None


def find_sources(settings: Settings, ledger: Ledger, month: Month) -> Sources:
    """Return the files of what is published of a month.

    Raises StoredFileDamageError for a damaged file, SourcesDifferError if codes or plates were
    matched anew, from other deliveries, since the month was released.
    """
    current = _accepted(ledger, month)
    shown = ledger.standing(month).shown
    named = _released(read_manifest(settings, shown)["rows"]) if shown else current
    accepted: dict[str, list[Path]] = {SURVEY: [], CODES: [], PLATES: []}
    for (_, kind), file in sorted(named.items()):
        if kind in accepted:
            accepted[kind].append(verified(settings.home / file.path, file.sha256))
    matched = result_file(settings, month, "codes")
    for register in ((CITY_ID, CODES), (CITY_ID, PLATES)):
        if matched and _sha256(named.get(register)) != _sha256(current.get(register)):
            raise SourcesDifferError(
                f"{month}发布后{register[1]}另有报送并已重新匹配，与发布的不同，须先发布新的一版。"
                f"Matched anew since the release; release the month again: fangan release {month}"
            )
    return Sources(accepted, matched)


def _accepted(ledger: Ledger, month: Month) -> dict[tuple[str, str], StoredFile]:
    return {
        (judgement.district_id, judgement.kind): judgement.files["accepted"]
        for judgement in ledger.judgements(month)
        if "accepted" in judgement.files
    }


def _released(rows: dict[str, dict[str, dict[str, str]]]) -> dict[tuple[str, str], StoredFile]:
    """Return the accepted rows that a manifest names."""
    kept = {}
    for place, files in rows.items():
        district_id, _, kind = place.partition("/")
        if "accepted" in files:
            file = files["accepted"]
            kept[district_id, kind] = StoredFile(file["path"], file["sha256"])
    return kept


def _sha256(file: StoredFile | None) -> str | None:
    return file.sha256 if file else None
