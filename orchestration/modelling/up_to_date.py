"""Whether a published month still says what its deliveries and the code would make of it.

What a month is computed from is one fingerprint: its judgements, those of the month before it
(whose rows it is compared with), the sample its inspection follows, the editors' texts, what was
decided of its releases, the dbt project with its seeds, and the code that models and publishes.
The same work is not done twice. Waivers and corrections are in the fingerprints of just the
judgements they concern.
"""

from __future__ import annotations

import hashlib

from orchestration.judgement.district import is_judged
from orchestration.reference.code_version import publishing_version
from orchestration.reference.districts import district_ids
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
    digest = hashlib.sha256()
    for judged in (month, month.previous):
        for judgement in sorted(ledger.judgements(judged), key=lambda j: (j.district_id, j.kind)):
            place = f"{judged} {judgement.district_id} {judgement.kind}"
            digest.update(f"{place} {judgement.fingerprint}".encode())
    sample = ledger.sample_for(month)
    digest.update(sample.file.sha256.encode() if sample else b"no sample")
    return digest.hexdigest()[:16]


def month_fingerprint(
    settings: Settings, ledger: Ledger, month: Month, state: ReleaseState | None = None
) -> str:
    """Return what the month would be published from as the ledger and the code stand.

    With ``state``, if that were decided of its releases.
    """
    digest = hashlib.sha256(built_inputs(ledger, month).encode())
    texts = settings.editorial(str(month))
    digest.update(sha256_of(texts).encode() if texts.is_file() else b"no texts")
    digest.update(repr(state or ledger.release_state(month)).encode())
    digest.update(month_code_version().encode())
    return digest.hexdigest()[:16]


def is_current(settings: Settings, ledger: Ledger, month: Month) -> bool:
    """Whether nothing new was delivered and all that was published from just this is there."""
    return is_published(settings, ledger, month) and not unjudged(settings, ledger, month)


def unjudged(settings: Settings, ledger: Ledger, month: Month) -> list[str]:
    """Return the districts whose files, as they lie there, are not what the ledger judged."""
    return [d for d in district_ids() if not is_judged(settings, ledger, month, d)]


def is_published(settings: Settings, ledger: Ledger, month: Month) -> bool:
    """Whether what the ledger has judged is published, with all files that belong to it."""
    # a pdf needs a font that not every machine has
    names = ["bulletin.xlsx", "bulletin.docx", "bulletin.html", "quality.html"]
    if ledger.release_state(month).shown is None:
        # a release has just the files that it was made with
        names.append("explain.html")
    issued = [settings.published / str(month) / name for name in names]
    return all(path.exists() for path in (settings.statistics, *issued)) and (
        ledger.published_fingerprint(month) == month_fingerprint(settings, ledger, month)
    )
