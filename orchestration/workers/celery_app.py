"""The app of Celery's workers: ``celery -A orchestration.workers.celery_app worker``.

dagster-celery's own app knows neither our broker nor what a lost worker means. The worker loads
everything once and forks a process for each step.
https://docs.dagster.io/deployment/oss/deployment-options/celery
"""

from __future__ import annotations

import os

from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

import orchestration.workers.preload  # noqa: F401 - for the processes that are forked
from orchestration.executors.queue import ALIVE_EVERY_SECONDS, broker_variable, queue_options
from orchestration.library_patches.celery_redis import SaysItIsAlive
from orchestration.settings import load_settings
from orchestration.upkeep.instance_file import prepare_instance

# a step finds Dagster's databases by the home
prepare_instance(load_settings().prepare())
_BROKER = os.environ[broker_variable()]
app = make_app({"broker": _BROKER, "backend": _BROKER})
app.conf.update(queue_options())
app.conf.alive_every_seconds = ALIVE_EVERY_SECONDS
app.steps["consumer"].add(SaysItIsAlive)
create_task(app)
