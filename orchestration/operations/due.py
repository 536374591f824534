"""Which months are due: delivered, and not published as they lie there.

The question is asked of ``raw`` and the ledger each time, never of a cursor, so that nothing is
forgotten by a run that failed or was killed, by a month that has not come yet, or by a lost
database of Dagster's. What was found is remembered by what it was found for: looking into all
files of all months costs minutes at full size, seeing that nothing has changed milliseconds.
Whether a run of a due month lives, or was tried too often, is said in ``attempts``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from orchestration.ingest.names import name_key
from orchestration.ingest.watching import Look, look, month_of
from orchestration.modelling.up_to_date import is_published, month_code_version, unjudged
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import FIRST_MONTH, Month
from orchestration.reference.seeds import DECISION_SEEDS
from orchestration.settings import Settings
from orchestration.store.files import replacing, sha256_of
from orchestration.store.ledger import Ledger

#: Why a month is due, for people.
REASONS = {
    "judge": "有新的报送或判定依据有变化 new deliveries, or what they are judged by has changed",
    "publish": "已判定，尚未发布 judged, and not published from that",
}


@dataclass(frozen=True)
class DueMonth:
    """A month to be run: why (a key of REASONS), and whose deliveries are to be judged.

    ``inputs`` is the fingerprint of what it would be made from: attempts are counted by it.
    """

    month: Month
    reason: str
    district_ids: tuple[str, ...]
    inputs: str


@dataclass(frozen=True)
class _Found:
    """What was found of a month for ``key``; no reason where it was current."""

    key: str
    reason: str | None
    district_ids: tuple[str, ...]


def due_months(settings: Settings, ledger: Ledger, now: datetime) -> list[DueMonth]:
    """Return the months that have come and whose published state is not what lies there, in order.

    Raises MissingFolderError without ``raw``: that is not a folder in which nothing lies.
    """
    settings.require_raw()
    looked = look(settings.raw, name_key(settings))
    remembered = _remembered(settings)
    due = []
    for month in delivered_months(ledger, looked, now):
        inputs, key = _keys(settings, ledger, month, looked)
        found = remembered.get(str(month))
        if found is None or found.key != key:
            found = _look_into(settings, ledger, month, key)
            remembered[str(month)] = found
            _remember(settings, remembered)
        if found.reason:
            due.append(DueMonth(month, found.reason, found.district_ids, inputs))
    return due


def delivered_months(ledger: Ledger, looked: Look, now: datetime) -> list[Month]:
    """Return the months that have come and for which something lies there or ever arrived."""
    lying = {Month.parse(month) for month in map(month_of, looked)}
    latest = Month.of(now.astimezone(SUZHOU).date())
    first = Month.parse(FIRST_MONTH)
    return sorted(m for m in lying | set(ledger.months_of_arrivals()) if first <= m <= latest)


def _look_into(settings: Settings, ledger: Ledger, month: Month, key: str) -> _Found:
    if districts := unjudged(settings, ledger, month):
        return _Found(key, "judge", tuple(districts))
    # files that nobody could place are judged, and nothing is published of them
    is_done = not ledger.arrivals(month) or is_published(settings, ledger, month)
    return _Found(key, None if is_done else "publish", ())


def _keys(settings: Settings, ledger: Ledger, month: Month, looked: Look) -> tuple[str, str]:
    """Return the fingerprint of what a month is made from, and that with what became of it."""
    before, after = ledger.facts_of(month)
    texts = settings.editorial(str(month))
    inputs = _digest(
        [
            *(f"{path} {state}" for path, state in looked.items() if month_of(path) == str(month)),
            *(
                sha256_of(path) if path.is_file() else ""
                for path in (texts, *(settings.decisions / name for name in DECISION_SEEDS))
            ),
            month_code_version(),
            before,
        ]
    )
    published = settings.published / str(month)
    names = sorted(path.name for path in published.iterdir()) if published.is_dir() else []
    return inputs, _digest([inputs, after, *names, str(settings.statistics.exists())])


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _remembered(settings: Settings) -> dict[str, _Found]:
    """Return what was found before; nothing if the file was made by another version."""
    try:
        content = json.loads(_file(settings).read_text(encoding="utf-8"))
        return {
            month: _Found(found["key"], found["reason"], tuple(found["district_ids"]))
            for month, found in content.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _remember(settings: Settings, found: dict[str, _Found]) -> None:
    content = {month: asdict(one) for month, one in sorted(found.items())}
    with replacing(_file(settings)) as temporary:
        temporary.write_text(json.dumps(content), encoding="utf-8")


def _file(settings: Settings) -> Path:
    return settings.internal / "due.json"
