"""Whether a month was made by an earlier program, which ``fangan status`` says.

Which months that are, and why they are not made again unasked, is in ``operations.due``.
"""

from __future__ import annotations

from orchestration.console.output import print_line
from orchestration.modelling.up_to_date import publication_standing
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


def is_stale(settings: Settings, month: Month) -> bool:
    """Whether what is published of an unreleased month was made by an earlier program."""
    ledger = Ledger(settings.ledger)
    if ledger.release_state(month).shown:
        return False
    return publication_standing(settings, ledger, month) == "stale"


def show_stale(month: Month) -> None:
    """Print that a month was made by an earlier program, and how to make it again."""
    print_line(
        f"{month.chinese}由旧版程序统计；重算：fangan backfill {month}..{month}。"
        "Made by an earlier program.",
        0,
    )
