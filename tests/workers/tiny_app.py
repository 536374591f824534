"""A Celery app with our options, whose task waits for a file: no step, no definitions."""

from __future__ import annotations

import os
from pathlib import Path

from awaiting import until
from celery import Celery

from orchestration.executors.queue import BROKER, queue_options
from orchestration.library_patches.celery_redis import SaysItIsAlive

app = Celery("tiny", broker=os.environ[BROKER], backend=os.environ[BROKER])
app.conf.update(queue_options())
app.conf.alive_every_seconds = 0.1
app.conf.broker_transport_options["unacked_restore_interval"] = 0.1
app.steps["consumer"].add(SaysItIsAlive)


@app.task(name="wait_for")
def wait_for(begun: str, end: str) -> str:
    """Note that it has begun; return all such notes once the other file is there."""
    with Path(begun).open("a", encoding="utf-8") as file:
        file.write("begun\n")
    until(Path(end).exists, end)
    return Path(begun).read_text(encoding="utf-8")
