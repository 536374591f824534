"""Whether a published month still says what its deliveries and the code would make of it.

What a month is computed from is one fingerprint of two parts. Its inputs: its judgements, those of
the month before it (whose rows it is compared with), the sample its inspection follows, the clerks'
answers on pairs, the editors' texts, what was decided of its releases. Its program: the dbt project
with its seeds, and the code that judges, models and publishes. The same work is not done twice.
Waivers and corrections are in the fingerprints of just the judgements they concern.
"""

from __future__ import annotations

import hashlib

from orchestration.judgement.district import Standing, is_judged
from orchestration.matching.month import is_matched
from orchestration.reference.code_version import publishing_version
from orchestration.reference.districts import district_ids
from orchestration.reference.fingerprints import carried_over, fingerprint, inputs_of, program_of
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.releases import ReleaseState

#: Everything that a run of the job runs.
_JOB = ("orchestration.definitions", "orchestration.defs")


def month_code_version() -> str:
    """Return the version of all code, models and seeds that make a published month."""
    return publishing_version(*_JOB)


def built_inputs(ledger: Ledger, month: Month) -> str:
    """Return the fingerprint of what the month's models would be built from."""
    built_from = (*_judged(ledger, month).values(), _sample(ledger, month), _answers(ledger, month))
    return hashlib.sha256("\n".join(built_from).encode()).hexdigest()[:16]


def _judged(ledger: Ledger, month: Month) -> dict[str, str]:
    """Return the fingerprints of the judgements of a month and the one before, by their place."""
    return {
        f"{judged} {judgement.district_id} {judgement.kind}": judgement.fingerprint
        for judged in (month, month.previous)
        for judgement in sorted(ledger.judgements(judged), key=lambda j: (j.district_id, j.kind))
    }


def _sample(ledger: Ledger, month: Month) -> str:
    sample = ledger.sample_for(month)
    return sample.file.sha256 if sample else "no sample"


def _answers(ledger: Ledger, month: Month) -> str:
    """Return what stands for the clerks' answers on pairs, where the month has codes to match."""
    return f"answers {ledger.last_match_decision()}" if is_matched(ledger, month) else "no codes"


def month_fingerprint(
    settings: Settings, ledger: Ledger, month: Month, state: ReleaseState | None = None
) -> str:
    """Return what the month would be published from as the ledger and the code stand.

    With ``state``, if that were decided of its releases. A released month stays what was released
    when clerks answer on further pairs.
    """
    state = state or ledger.release_state(month)
    texts, judged = settings.editorial(str(month)), _judged(ledger, month)
    return fingerprint(
        inputs=(
            *(f"{place} {inputs_of(made) or made}" for place, made in judged.items()),
            _sample(ledger, month),
            "released" if state.shown else _answers(ledger, month),
            sha256_of(texts) if texts.is_file() else "no texts",
            *(f"{one.vintage} {one.action} {one.decided_at}" for one in state.decisions),
        ),
        program=(*map(program_of, judged.values()), month_code_version()),
    )


def record_decided(settings: Settings, ledger: Ledger, month: Month) -> None:
    """Record that what is published of a month says what was decided of its releases by now.

    Who made it stays as it was: a decision makes no stale month current.
    """
    wanted = month_fingerprint(settings, ledger, month)
    published = ledger.published_fingerprint(month)
    ledger.record_publication(month, carried_over(published, wanted) if published else wanted)


def is_current(settings: Settings, ledger: Ledger, month: Month) -> bool:
    """Whether nothing new was delivered and all that was published from just this is there."""
    return is_published(settings, ledger, month) and not unjudged(settings, ledger, month)


def unjudged(settings: Settings, ledger: Ledger, month: Month) -> list[str]:
    """Return the districts whose files, as they lie there, are not what the ledger judged."""
    return [d for d in district_ids() if not is_judged(settings, ledger, month, d)]


def is_published(settings: Settings, ledger: Ledger, month: Month) -> bool:
    """Whether what the ledger has judged is published, with all files that belong to it."""
    return publication_standing(settings, ledger, month) == "current"


def publication_standing(settings: Settings, ledger: Ledger, month: Month) -> Standing:
    """Return how what is published of a month stands to what the ledger has judged of it."""
    published = ledger.published_fingerprint(month)
    if published is None or not _has_all_files(settings, ledger, month):
        return "due"
    wanted = month_fingerprint(settings, ledger, month)
    if published == wanted:
        return "current"
    made_from = inputs_of(published)
    if made_from is None:  # published before fingerprints had parts
        is_stale = ledger.is_published_since_judged(month)
    else:
        is_stale = made_from == inputs_of(wanted)
    return "stale" if is_stale else "due"


def _has_all_files(settings: Settings, ledger: Ledger, month: Month) -> bool:
    # a pdf needs a font that not every machine has
    names = ["bulletin.xlsx", "bulletin.docx", "bulletin.html", "quality.html"]
    if ledger.release_state(month).shown is None:
        # a release has just the files that it was made with
        names.append("explain.html")
    issued = [settings.published / str(month) / name for name in names]
    return all(path.exists() for path in (settings.statistics, *issued))
