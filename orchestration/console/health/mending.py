"""``fangan doctor --mend``: what can be mended without a person's decision.

File modes, leftovers of dead processes, and a broken log of Dagster's, which is moved aside.
"""

from __future__ import annotations

from orchestration.settings import Settings
from orchestration.store.locks import holding
from orchestration.store.tidying import tidy_home, wrong_modes
from orchestration.upkeep.dagster_files import move_broken_aside, moved_message


def mend(settings: Settings) -> list[str]:
    """Mend the home; return what was done, a line each. Raises BusyError during a run."""
    done = []
    with holding(settings.ledger_locks, "month"):
        wrong = len(wrong_modes(settings))
        tidy_home(settings)
        if wrong:
            done.append(f"{wrong} 个文件或文件夹的权限已改正。Modes of {wrong} files corrected")
        if moved := move_broken_aside(settings):
            done.append(moved_message(moved))
    return done
