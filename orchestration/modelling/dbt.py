"""dbt's project, executable and manifest, kept inside the home.

Building with them is in ``building``. Nothing here knows a model.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from orchestration.settings import DBT_PROJECT_DIR, SEEDS_DIR, Settings
from orchestration.store.files import replacing
from orchestration.store.locks import waiting_for
from orchestration.store.public_files import write_public

#: Beside the running interpreter, so that an environment that is not activated works too.
DBT_EXECUTABLE = Path(sys.executable).parent / "dbt"
#: dbt's page asks a service for fonts and counts its readers, where it may.
_NO_NETWORK = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
    'font-src data:">'
)


class DbtParseError(RuntimeError):
    """The dbt project could not be parsed; the message is dbt's own."""


class DbtDocsError(RuntimeError):
    """The documentation could not be made; the message is dbt's own."""


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return the environment that dbt and its profile read; also set it for child processes."""
    environment = {
        "FANGAN_WAREHOUSE": str(settings.warehouse),
        "DBT_TARGET_PATH": str(settings.dbt / "target"),
        "DBT_LOG_PATH": str(settings.dbt / "logs"),
    }
    os.environ.update(environment)
    return environment


def manifest_file(settings: Settings) -> Path:
    """Return where the parsed project lies, as ``prepare_manifest`` leaves it."""
    return settings.dbt / "target" / "manifest.json"


def prepare_manifest(settings: Settings) -> Path:
    """Return the manifest of the project as it stands, parsing it only if a file changed.

    A project in another folder is parsed whole: dbt notes in each node where its file lies, and
    keeps that of a file that did not change. Raises DbtParseError with dbt's words if the project
    cannot be parsed.
    """
    dbt_environment(settings)
    manifest = manifest_file(settings)
    fingerprint = _current_stamp()
    with waiting_for(settings.locks, "dbt-parse"):
        parsed = _parsed(settings)
        if parsed == fingerprint:
            return manifest
        is_here = parsed.startswith(f"{DBT_PROJECT_DIR}\n")
        result = subprocess.run(
            [
                DBT_EXECUTABLE,
                "parse",
                "--partial-parse" if is_here else "--no-partial-parse",
                "--project-dir",
                DBT_PROJECT_DIR,
                "--profiles-dir",
                DBT_PROJECT_DIR,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise DbtParseError(result.stdout + result.stderr)
        with replacing(_stamp(settings)) as temporary:
            temporary.write_text(fingerprint)
    return manifest


def has_current_manifest(settings: Settings) -> bool:
    """Whether the manifest was parsed from the project as it stands."""
    return _parsed(settings) == _current_stamp()


def _parsed(settings: Settings) -> str:
    """Return what the manifest was parsed from; empty if there is none."""
    stamp = _stamp(settings)
    return stamp.read_text() if manifest_file(settings).exists() and stamp.exists() else ""


def _current_stamp() -> str:
    return f"{DBT_PROJECT_DIR}\n{_project_fingerprint()}"


def write_docs(settings: Settings, path: Path) -> None:
    """Write dbt's documentation as one page that loads nothing; costs some 12 CPU seconds.

    Types come from the contracts, so that no warehouse is opened and no run is in the way.
    Raises DbtDocsError with dbt's words.
    """
    manifest = prepare_manifest(settings)
    with waiting_for(settings.locks, "dbt-parse"):
        result = subprocess.run(
            [
                DBT_EXECUTABLE,
                *("docs", "generate", "--static", "--empty-catalog", "--no-compile"),
                *("--project-dir", DBT_PROJECT_DIR, "--profiles-dir", DBT_PROJECT_DIR),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise DbtDocsError(result.stdout + result.stderr)
        page = (manifest.parent / "static_index.html").read_text(encoding="utf-8")
    if "<head>" not in page:
        raise DbtDocsError("dbt's page has no <head> to put the policy in that forbids loading")
    written = page.replace("<head>", f"<head>{_NO_NETWORK}", 1)
    write_public(settings, {path: written.encode()})


def parsed_fingerprint(settings: Settings) -> str:
    """Return the fingerprint of the project that the manifest was parsed from."""
    return _stamp(settings).read_text()


def _stamp(settings: Settings) -> Path:
    return settings.dbt / "parsed"


def _project_fingerprint() -> str:
    """Fingerprint of what parsing depends on; seeds' rows are read only when building."""
    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')}".encode())
    for path in sorted(DBT_PROJECT_DIR.rglob("*")):
        place = path.relative_to(DBT_PROJECT_DIR)
        # what dbt writes when it is run by hand is no source
        if place.parts[0] == "target":
            continue
        if path.is_file() and path.suffix in (".sql", ".yml", ".md"):
            digest.update(str(place).encode())
            digest.update(path.read_bytes())
    for path in sorted(SEEDS_DIR.glob("*.csv")):
        digest.update(path.name.encode())
    return digest.hexdigest()
