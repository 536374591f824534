"""The code location: everything under ``defs`` and nothing else.

Its name, ``fangan``, is in ``pyproject.toml`` and in the workspace among ``deploy``'s templates.
"""

from functools import cache
from pathlib import Path

from dagster import Definitions, definitions, load_from_defs_folder

from orchestration.defs.pages import with_pages


@definitions
@cache
def defs() -> Definitions:
    """Load what lies in ``defs``, each asset with its pages and its code.

    Once a process: the processes that are forked for single steps find it loaded.
    """
    found = load_from_defs_folder(path_within_project=Path(__file__).parent)
    return Definitions(
        assets=with_pages(list(found.assets or [])),
        asset_checks=found.asset_checks,
        schedules=found.schedules,
        sensors=found.sensors,
        jobs=found.jobs,
        resources=found.resources,
        executor=found.executor,
        loggers=found.loggers,
    )
