"""Which months are due: delivered, and not published as they lie there. Which are stale.

A month is stale when only the program has changed since it was made. Nothing runs it again by
itself, else a new version would begin with hours of work and new figures for months that nobody
asked about; the month that is still open is due, and a released one stays as it was released.

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
from orchestration.judgement.district import judgement_standing
from orchestration.modelling.up_to_date import month_code_version, publication_standing
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.districts import district_ids
from orchestration.reference.months import FIRST_MONTH, Month
from orchestration.reference.seeds import DECISION_SEEDS
from orchestration.settings import Settings
from orchestration.store.files import replacing, sha256_of
from orchestration.store.ledger import Ledger

#: Why a month is due, for people.
REASONS = {
    "judge": "有新的报送或判定依据有变化 new deliveries, or what they are judged by has changed",
    "publish": "已判定，尚未发布 judged, and not published from that",
    "program": "程序已更新，该月尚未发布公报 the program has changed, and the month is still open",
}


@dataclass(frozen=True)
class DueMonth:
    """A month to be run: why (a key of REASONS), and whose deliveries are to be judged.

    ``inputs`` is the fingerprint of what it would be made from: attempts are counted by it.
    ``since`` is when it was first found due, without being current in between.
    """

    month: Month
    reason: str
    district_ids: tuple[str, ...]
    inputs: str
    since: datetime


@dataclass(frozen=True)
class _Found:
    """What was found of a month for ``key``; no reason where it was current.

    ``since`` is when it ceased to be that, ISO with its zone.
    """

    key: str
    reason: str | None
    district_ids: tuple[str, ...]
    inputs: str
    since: str


def due_months(settings: Settings, ledger: Ledger, now: datetime) -> list[DueMonth]:
    """Return the months that have come and whose published state is not what lies there, in order.

    Raises MissingFolderError without ``raw``: that is not a folder in which nothing lies.
    """
    found = _found(settings, ledger, now)
    return [
        DueMonth(month, one.reason, one.district_ids, one.inputs, datetime.fromisoformat(one.since))
        for month, one in found.items()
        if one.reason and (one.reason != "program" or _is_open(ledger, month, max(found), now))
    ]


def stale_months(settings: Settings, ledger: Ledger, now: datetime) -> list[Month]:
    """Return the months in which only the program has changed, and which are not due for it.

    Released ones are not among them: they stay. Raises like ``due_months``.
    """
    found = _found(settings, ledger, now)
    return [
        month
        for month, one in found.items()
        if one.reason == "program"
        and not ledger.release_state(month).shown
        and not _is_open(ledger, month, max(found), now)
    ]


def _is_open(ledger: Ledger, month: Month, last: Month, now: datetime) -> bool:
    """Whether the next release is still to be made of the month, by today's program."""
    under_way = Month.of(now.astimezone(SUZHOU).date()).previous
    return month >= min(last, under_way) and not ledger.release_state(month).shown


def _found(settings: Settings, ledger: Ledger, now: datetime) -> dict[Month, _Found]:
    """Return what is found of every delivered month, in order; look only into what has changed."""
    settings.require_raw()
    looked = look(settings.raw, name_key(settings))
    remembered = _remembered(settings)
    months = {}
    for month in delivered_months(ledger, looked, now):
        inputs, key = _keys(settings, ledger, month, looked)
        found = remembered.get(str(month))
        if found is None or found.key != key:
            reason, districts = _look_into(settings, ledger, month)
            since = _since(found, reason) or now.isoformat(timespec="seconds")
            found = _Found(key, reason, districts, inputs, since)
            remembered[str(month)] = found
            _remember(settings, remembered)
        months[month] = found
    return months


def delivered_months(ledger: Ledger, looked: Look, now: datetime) -> list[Month]:
    """Return the months that have come and for which something lies there or ever arrived."""
    lying = {Month.parse(month) for month in map(month_of, looked)}
    latest = Month.of(now.astimezone(SUZHOU).date())
    first = Month.parse(FIRST_MONTH)
    return sorted(m for m in lying | set(ledger.months_of_arrivals()) if first <= m <= latest)


def _since(before: _Found | None, reason: str | None) -> str | None:
    """Return since when a month is due, if it was before: that it was stale does not count."""
    was_due = before and before.reason and (before.reason == "program") == (reason == "program")
    return before.since if before and was_due else None


def _look_into(
    settings: Settings, ledger: Ledger, month: Month
) -> tuple[str | None, tuple[str, ...]]:
    """Return why a month is due or stale, if it is, and whose deliveries are to be judged then."""
    judged = {one: judgement_standing(settings, ledger, month, one) for one in district_ids()}
    to_judge = tuple(one for one, standing in judged.items() if standing != "current")
    if "due" in judged.values():
        return "judge", to_judge
    # files that nobody could place are judged, and nothing is published of them
    if not ledger.arrivals(month):
        return None, ()
    published = publication_standing(settings, ledger, month)
    if published == "due":
        return "publish", to_judge
    return ("program", to_judge) if to_judge or published == "stale" else (None, ())


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
            month: _Found(**found | {"district_ids": tuple(found["district_ids"])})
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
