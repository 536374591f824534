"""Releases asked by older DuckDB clients, where there are any.

``FANGAN_DUCKDB_PYTHONS`` names interpreters that have one, parted by ``:``. Without it the test
is skipped and says so: older clients are then not measured.
"""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from publication.releasing import REVISED, SECOND, Office, office, whole_office

__all__ = ["office", "whole_office"]

_PYTHONS = [path for path in os.environ.get("FANGAN_DUCKDB_PYTHONS", "").split(":") if path]
_SCRIPT = """
import duckdb, json, sys
asked = [
    "as_released('2022-10', 1)", "as_released(date '2022-10-01', 2)",
    "as_known_on('2022-10', date '2022-11-05')", "as_known_on('2022-10', date '2022-11-06')",
    "as_known_on('2022-10', timestamp '2022-11-15 09:30:00')",
]
answers = []
for is_attached in (False, True):
    if is_attached:
        connection = duckdb.connect()
        connection.execute(f"attach '{sys.argv[1]}' as figures (read_only)")
        connection.execute("use figures")
    else:
        connection = duckdb.connect(sys.argv[1], read_only=True)
    answers.append([
        connection.execute(
            f"select vintage, completed_count from marts.{call} where district_id = 'gusu'"
        ).fetchall()
        for call in asked
    ])
    connection.close()
print(json.dumps({"version": duckdb.__version__, "answers": answers}))
"""


@pytest.mark.skipif(
    not _PYTHONS,
    reason="NOT MEASURED: FANGAN_DUCKDB_PYTHONS names no interpreter with an older DuckDB",
)
@pytest.mark.parametrize("python", _PYTHONS)
def test_an_older_client_gets_the_same_answers(office: Office, python: str) -> None:
    office.run()
    office.release()
    office.run(changes=REVISED)
    office.release(SECOND, reason_code="corrected_delivery")
    done = subprocess.run(
        [python, "-c", _SCRIPT, str(office.settings.statistics)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    rows = [[[1, 31]], [[2, 33]], [], [[1, 31]], [[2, 33]]]
    assert told["answers"] == [rows, rows], told["version"]
