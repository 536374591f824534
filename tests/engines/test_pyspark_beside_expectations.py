"""pyspark beside Great Expectations ends a process with exit code 0 and no word: ours goes on.

Seen where ``__main__`` has no file: ``python -c``, spawned processes, Dagster's step processes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from engines.spark_environment import PYTHON, environment, needs_spark

from orchestration.settings import PROJECT_ROOT

OURS = "from expectations.library_patches import great_expectations as load; load()"
BARE = "import great_expectations"


def said(first: str, packages: Path) -> tuple[int, str]:
    """Run code and say so at its end, with the packages of a folder among those installed."""
    done = subprocess.run(
        [sys.executable, "-c", f"{first}; print('went on')"],
        env=environment(PYTHONPATH=f"{PROJECT_ROOT}:{packages}"),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, "went on" if "went on" in done.stdout else "silence"


def test_a_pyspark_that_ends_the_process_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "pyspark").mkdir()
    (tmp_path / "pyspark" / "__init__.py").write_text("raise SystemExit(0)")
    assert said(OURS, tmp_path) == (0, "went on")


@needs_spark
@pytest.mark.parametrize(("first", "heard"), [(OURS, "went on"), (BARE, "silence")])
def test_the_real_one_is_such_a_pyspark(first: str, heard: str, tmp_path: Path) -> None:
    """The second says that the guard is still needed."""
    installed = next((PYTHON.parent.parent / "lib").glob("python*/site-packages"))
    for package in ("pyspark", "py4j"):
        (tmp_path / package).symlink_to(installed / package)
    assert said(first, tmp_path) == (0, heard)
