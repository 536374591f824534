"""Causes about what lies in ``raw`` where no run takes it up, or is gone from there."""

from __future__ import annotations

from datetime import datetime

from orchestration.messages.causes import Cause
from orchestration.operations.unplaced import unplaced
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

KEYS = ("unplaced/",)
#: What waits for its month by itself: nobody has to do anything.
_WAITING = "early"


def unplaced_causes(settings: Settings, ledger: Ledger, now: datetime) -> list[Cause]:
    """Return a cause for each thing that lies wrongly; ``now`` has a time zone."""
    return [
        Cause(
            key=f"unplaced/{one.fault}/{one.path}",
            subject=f"【报送】{one.path} 没有被读取",
            first_line=one.message,
            body=f"应为：{one.right}" if one.right else "",
        )
        for one in unplaced(settings, ledger, now)
        if one.fault != _WAITING
    ]
