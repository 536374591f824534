"""October judged and built anew, its steps worked on elsewhere: what was read, and the marts."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from month_installation import FANGAN, Installation

from orchestration.publication.database.reading import logical_hash
from orchestration.settings import PROJECT_ROOT, Settings

_COUNTING = Path(__file__).parent / "counting"


def environment(installation: Installation, readings: Path, executor: str) -> dict[str, str]:
    """Return the environment of all processes of a run, which count what they read."""
    paths = os.pathsep.join(map(str, (_COUNTING, PROJECT_ROOT)))
    return installation.environment | {
        "FANGAN_EXECUTOR": executor,
        "PYTHONPATH": paths,
        "READINGS": str(readings),
    }


def forget_what_was_read(settings: Settings) -> str:
    """Remove all that was made of the deliveries but the ledger; return the marts' hash."""
    for folder in (settings.landing, settings.accepted, settings.quarantine):
        shutil.rmtree(folder)
    settings.prepare()
    return logical_hash(settings.statistics)


def run_october(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the month again, as a user would."""
    return subprocess.run(
        [FANGAN, "month", "2022-10", "--again"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def files_read(readings: Path) -> list[str]:
    """Return the landings that were written, one a reading, in order."""
    names = readings.read_text(encoding="utf-8").splitlines()
    return sorted(name for name in names if ".notes" not in Path(name).name)
