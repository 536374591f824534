"""dbt's project, executable and manifest, kept inside the home.

dbt is started by dagster-dbt; this module says with what. Nothing here knows a model.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from orchestration.settings import DBT_PROJECT_DIR, SEEDS_DIR, Settings
from orchestration.store.files import replacing
from orchestration.store.locks import waiting_for

#: Beside the running interpreter, so that an environment that is not activated works too.
DBT_EXECUTABLE = Path(sys.executable).parent / "dbt"


class DbtParseError(RuntimeError):
    """The dbt project could not be parsed; the message is dbt's own."""


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return the environment that dbt and its profile read; also set it for child processes."""
    environment = {
        "FANGAN_WAREHOUSE": str(settings.warehouse),
        "DBT_TARGET_PATH": str(settings.dbt / "target"),
        "DBT_LOG_PATH": str(settings.dbt / "logs"),
    }
    os.environ.update(environment)
    return environment


def prepare_manifest(settings: Settings) -> Path:
    """Return the manifest of the project as it stands, parsing it only if a file changed.

    Raises DbtParseError with dbt's words if the project cannot be parsed.
    """
    dbt_environment(settings)
    target = settings.dbt / "target"
    manifest = target / "manifest.json"
    stamp = settings.dbt / "parsed"
    fingerprint = _project_fingerprint()
    with waiting_for(settings.locks, "dbt-parse"):
        if manifest.exists() and stamp.exists() and stamp.read_text() == fingerprint:
            return manifest
        result = subprocess.run(
            [
                DBT_EXECUTABLE,
                "parse",
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
        with replacing(stamp) as temporary:
            temporary.write_text(fingerprint)
    return manifest


def _project_fingerprint() -> str:
    """Fingerprint of every file that parsing reads; seeds' rows are read only when building."""
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT_DIR.rglob("*")):
        if path.is_file() and path.suffix in (".sql", ".yml", ".md"):
            digest.update(str(path.relative_to(DBT_PROJECT_DIR)).encode())
            digest.update(path.read_bytes())
    for path in sorted(SEEDS_DIR.glob("*.csv")):
        digest.update(path.name.encode())
    return digest.hexdigest()
