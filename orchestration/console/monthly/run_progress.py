"""The steps of a run on a terminal, as they finish."""

from __future__ import annotations

import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class RunProgress:
    """Shows the steps of a run as they finish, on a terminal only."""

    def __init__(self, *, steps: int) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            console=Console(file=sys.stdout),
            transient=True,
            disable=not sys.stdout.isatty(),
        )
        self._task = self._progress.add_task("…", total=steps)

    def __enter__(self) -> RunProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def take(self, event: Any) -> None:
        """Take an event of Dagster's, or the None of an entry in its log that is no event."""
        if event is None or event.step_key is None:
            return
        if event.event_type_value == "STEP_START":
            self._progress.update(self._task, description=event.step_key)
        elif event.event_type_value in ("STEP_SUCCESS", "STEP_FAILURE"):
            self._progress.advance(self._task)
