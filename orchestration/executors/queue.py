"""Celery's queue of steps: what the process of a run and the workers must agree on.

Steps go through Redis, one at a time to each worker; a step of a worker that is gone goes to
another. The app of the workers is ``workers/celery_app``. Nothing here imports Celery.
https://docs.celeryq.dev/en/stable/userguide/configuration.html
"""

from __future__ import annotations

import os
from typing import Any

#: The variable with the broker's address. Dagster reads it itself, so that a password in it is
#: shown on no page.
BROKER = "FANGAN_CELERY_BROKER"
_REDIS_HERE = "redis://127.0.0.1:6379/0"
#: A worker says so often that it still works on its steps, and is taken for gone after so long.
ALIVE_EVERY_SECONDS, GONE_AFTER_SECONDS = 10, 60


def executor_config() -> dict[str, Any]:
    """Return the configuration of dagster-celery's executor."""
    broker = {"env": broker_variable()}
    return {"broker": broker, "backend": broker, "config_source": queue_options()}


def broker_variable() -> str:
    """Return the variable that names the broker, set to Redis on this machine if it was not."""
    os.environ.setdefault(BROKER, _REDIS_HERE)
    return BROKER


def queue_options() -> dict[str, Any]:
    """Return Celery's settings for both ends of the queue."""
    return {
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            "visibility_timeout": GONE_AFTER_SECONDS,
            # look every so many seconds for steps whose worker is gone
            "unacked_restore_interval": ALIVE_EVERY_SECONDS,
            "unacked_restore_throttle": 1,
        },
        "task_default_queue": "dagster",
        "task_default_priority": 5,
        # a step is done when its worker says so, not when a worker took it
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        # as with the other executors: nothing of a step stays for the next one
        "worker_max_tasks_per_child": 1,
        "worker_hijack_root_logger": False,
        "result_expires": 86_400,
    }
