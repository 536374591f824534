"""Where Dagster's sensors tell people what became of a run: the one place to wire to messages."""

from __future__ import annotations

import logging

from orchestration.settings import Settings

_LOG = logging.getLogger(__name__)


def tell_of_run(settings: Settings, run_id: str, month: str | None, fault: str | None) -> None:
    """Tell that a run failed, or (without ``fault``) that it succeeded.

    Nothing leaves the machine yet: it stands in the log of the process.
    """
    if fault:
        _LOG.error("run %s of %s in %s failed: %s", run_id, month, settings.home, fault)
