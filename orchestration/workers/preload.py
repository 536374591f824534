"""Imports everything that a step uses, and loads the definitions, so that its process need not.

For processes that only fork: each step then starts with all of it, in a moment. It costs what a
run in one process pays for the same.
"""

from __future__ import annotations

from importlib import import_module

from orchestration.definitions import defs
from orchestration.defs.automation import JOB_NAME
from orchestration.judgement.reference import judge_version, reader_version
from orchestration.library_patches.python_garbage import objects_that_stay

#: What the rooms import where they use it: slow to import, and needed by many steps.
_LATER = (
    "great_expectations",
    "orchestration.judgement.district",
    "orchestration.publication.issue.placing",
)

with objects_that_stay():
    for _module in _LATER:
        import_module(_module)
    defs().get_repository_def().get_job(JOB_NAME)
    # kept by the functions, for as long as the process lives
    judge_version(), reader_version()
