"""Imports for the server of ``preloaded``: all modules of a month's run, but no home's assets.

Not ``orchestration.defs``: it reads the home's manifest when it is imported.
"""

from __future__ import annotations

import atexit
import os
import threading

import dagster  # noqa: F401
import dagster_dbt  # noqa: F401
import dbt.adapters.duckdb
import dbt.cli.main  # noqa: F401
import great_expectations  # noqa: F401

import orchestration.cli
import orchestration.judgement.district
import orchestration.publication.issue.placing  # noqa: F401

# a fork takes one thread along, and would wait for ever for what the others held
assert threading.active_count() == 1
# the server ends with the tests; taken apart in order, DuckDB's module complains of leaks
atexit.register(os._exit, 0)
