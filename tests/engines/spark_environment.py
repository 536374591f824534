"""Where tests find Spark, and the mark that skips them loudly where it is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from orchestration.modelling.spark.installation import dbt_executable

PYTHON: Path = dbt_executable().parent / "python"
#: Spark's settings for short runs over a few rows.
QUICK = Path(__file__).parent / "spark_conf"
_HAS_JAVA = bool(shutil.which("java") or os.environ.get("JAVA_HOME"))
needs_spark = pytest.mark.skipif(
    not (PYTHON.exists() and _HAS_JAVA),
    reason="Spark is not here: apt-get install openjdk-17-jre-headless, then make spark-setup",
)


def environment(**more: str) -> dict[str, str]:
    """The environment of a process of Spark's: ours without what leads to our modules."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "TZ")}
    ours = {"SPARK_LOCAL_IP": "127.0.0.1", "TZ": "Asia/Shanghai", "PYTHONUTF8": "1"}
    return kept | ours | {"SPARK_CONF_DIR": str(QUICK)} | more


def answer_of(script: str, folder: Path, question: Any) -> Any:
    """Run a script of this room in Spark's environment; its last line answers, in JSON as asked."""
    done = subprocess.run(
        [PYTHON, Path(__file__).parent / script, folder],
        input=json.dumps(question),
        env=environment(),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])
