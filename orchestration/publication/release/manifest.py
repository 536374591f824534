"""The manifest of a release: its inputs, its code and its outputs, each with its hash.

It is a plain JSON file beside the release's outputs, kept with its rows; the ledger keeps its hash.
With the archive and the code of that version anyone can make the same bytes again. Add here what
a release depends on.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from expectations.rule_files import RULES_DIR
from orchestration.modelling.up_to_date import month_code_version
from orchestration.reference import vocabulary
from orchestration.reference.code_version import PACKAGE, code_version, package_versions
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.reference.seeds import DECISION_SEEDS
from orchestration.settings import CONTRACTS_DIR, PROJECT_ROOT, Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival
from orchestration.store.releases import Decision


def describe_release(
    settings: Settings, ledger: Ledger, decision: Decision, content: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the manifest of a release; ``content`` are its files with their hashes."""
    inputs = _inputs(ledger, decision.month)
    return {
        "month": str(decision.month),
        "vintage": decision.vintage,
        "status": decision.status,
        "released_at": decision.decided_at.astimezone(SUZHOU).isoformat(timespec="seconds"),
        "reviewer": decision.decided_by,
        "approver": decision.approved_by,
        "note": decision.note,
        "reason_code": decision.reason_code,
        "is_simulated": _is_simulated(inputs, decision.month),
        "accepted_differences": list(decision.accepted_differences),
        "inputs": inputs,
        "sample": _sample(ledger, decision.month),
        "code": code_versions(settings),
        **content,
    }


def _sample(ledger: Ledger, month: Month) -> dict[str, str] | None:
    """Return the sample that the month's inspection follows, if one was drawn."""
    sample = ledger.sample_for(month)
    if sample is None:
        return None
    return {"month": str(sample.month), "path": sample.file.path, "sha256": sample.file.sha256}


def _is_simulated(inputs: list[dict[str, Any]], month: Month) -> bool:
    return any(vocabulary.SIMULATED in i["file_name"] for i in inputs if i["month"] == str(month))


def _inputs(ledger: Ledger, month: Month) -> list[dict[str, Any]]:
    """Return every judged delivery of the month and of the previous month."""
    inputs = []
    for judged in (month.previous, month):
        arrivals = ledger.arrivals(judged)
        for judgement in ledger.judgements(judged):
            if judgement.delivery_id is None:
                continue
            arrival = arrivals[judgement.delivery_id]
            inputs.append(
                {
                    "month": str(judged),
                    "district_id": arrival.district_id,
                    "kind": arrival.kind,
                    "version": arrival.version,
                    "file_name": arrival.file_name,
                    "sha256": arrival.sha256,
                    "parts": [part.sha256 for part in arrival.parts],
                    **_names_of(arrival),
                    "state": judgement.state,
                    "row_count": judgement.row_count,
                    "accepted_count": judgement.accepted_count,
                    "quarantined_count": judgement.quarantined_count,
                    "itemised_count": judgement.itemised_count,
                }
            )
    return sorted(inputs, key=lambda i: (i["month"], i["district_id"], i["kind"]))


def _names_of(arrival: Arrival) -> dict[str, list[str]]:
    """Return the names of several files, without which they are no parts of one delivery."""
    names = [part.file_name for part in arrival.parts]
    return {"part_names": names} if len(names) > 1 else {}


def code_versions(settings: Settings) -> dict[str, Any]:
    """Return what computes a month: our code, contracts, rules, decisions, packages, Python.

    ``code_sha256`` covers everything that makes a month, ``publication_sha256`` only what makes a
    release from its kept rows.
    """
    return {
        "package_version": version(PACKAGE),
        "git_commit": _git_commit(),
        "code_sha256": month_code_version(),
        "publication_sha256": code_version("orchestration.publication"),
        "contracts": {path.stem: sha256_of(path) for path in sorted(CONTRACTS_DIR.glob("*.yml"))},
        "rules": {path.stem: sha256_of(path) for path in sorted(RULES_DIR.glob("*.yml"))},
        "decisions": {
            name: sha256_of(settings.decisions / name)
            for name in DECISION_SEEDS
            if (settings.decisions / name).exists()
        },
        "packages": package_versions(),
        "python": platform.python_version(),
    }


def _git_commit() -> str | None:
    """Return the checked-out commit, marked as dirty if files differ; None without git."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(PROJECT_ROOT), "describe", "--always", "--abbrev=40", "--dirty"]
    done = subprocess.run([*command, "--exclude=*"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
