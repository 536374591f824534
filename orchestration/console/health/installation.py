"""Checks of the program: its packages against the lock, dbt, its own definitions."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from packaging.requirements import Requirement

from orchestration.console.health.findings import fault, note, ok
from orchestration.console.output import Record
from orchestration.modelling.dbt import DBT_EXECUTABLE, has_current_manifest, manifest_file
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import load_districts
from orchestration.settings import PROJECT_ROOT, Settings

_SETUP = "touch requirements.lock && make setup"
_SHOWN = 8


def packages(_: Settings) -> Record:
    """Compare the version of every installed package with the lock."""
    locked = locked_versions((PROJECT_ROOT / "requirements.lock").read_text(encoding="utf-8"))
    wrong = [
        f"{name} {installed or 'is missing'}, the lock says {wanted}"
        for name, wanted in sorted(locked.items())
        if (installed := _installed(name)) != wanted
    ]
    if not wrong:
        return ok("packages", f"{len(locked)} as requirements.lock says")
    more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    return fault("packages", "; ".join(wrong[:_SHOWN]) + more, _SETUP)


def locked_versions(text: str) -> dict[str, str]:
    r"""Return the version of each package that a lock file names for this machine.

    >>> locked_versions("numpy==2.4.6 ; python_version < '3' \\\n    --hash=sha256:ab\nuv[a]==1.0")
    {'uv': '1.0'}
    """
    lines = [line.rstrip(" \\") for line in text.splitlines() if line[:1].isalnum()]
    return {
        requirement.name: next(iter(requirement.specifier)).version
        for requirement in map(Requirement, lines)
        if requirement.marker is None or requirement.marker.evaluate()
    }


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def dbt(settings: Settings) -> list[Record]:
    """Whether dbt is there, and its manifest is of the models as they are."""
    if not DBT_EXECUTABLE.exists():
        return [fault("dbt", f"{DBT_EXECUTABLE} is missing", _SETUP)]
    found = [ok("dbt", "beside the interpreter")]
    if not manifest_file(settings).exists():
        found.append(note("dbt manifest", "not parsed yet", "the next run parses the project"))
    elif has_current_manifest(settings):
        found.append(ok("dbt manifest", "of the models as they are"))
    else:
        found.append(
            note(
                "dbt manifest",
                "older than the models, tests or packages",
                "the next run parses them; restart fangan dev if it runs",
            )
        )
    return found


def definitions(_: Settings) -> Record:
    """Load the contracts of the kinds and the districts."""
    kinds, places = load_contracts(), {d.district_id for d in load_districts()}
    return ok("contracts and districts", f"{len(kinds)} kinds, {len(places)} places")
