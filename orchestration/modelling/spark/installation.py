"""Where Spark's dbt is, and what it is told: master, catalog, or a Spark Connect server.

pyspark never comes into our own environment: half a gigabyte, and beside Great Expectations it
ends some processes without a word (tests/engines/test_pyspark_beside_expectations.py).
"""

from __future__ import annotations

import os
from pathlib import Path

from orchestration.choices import ConfigurationError
from orchestration.settings import PROJECT_ROOT, Settings

#: What would let Python of another environment find our modules, or dbt another project.
_OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DBT_PROJECT_DIR", "DBT_PROFILES_DIR")


def is_wanted() -> bool:
    """Whether ``FANGAN_ENGINE`` asks for Spark. Raises ConfigurationError for an unknown engine."""
    engine = os.environ.get("FANGAN_ENGINE") or "duckdb"
    if engine not in ("duckdb", "spark"):
        raise ConfigurationError(
            f"FANGAN_ENGINE = {engine!r}，只能是 duckdb、spark。Choose one of these"
        )
    return engine == "spark"


def require_engine() -> None:
    """Raise ConfigurationError if Spark is asked for and not there; DuckDB never stands in."""
    if is_wanted() and not dbt_executable().is_file():
        raise ConfigurationError(
            f"FANGAN_ENGINE=spark，但没有 {dbt_executable()}。Spark is asked for and its dbt is not"
            " there: run `make spark-setup`, or let FANGAN_SPARK_DBT name the dbt of an environment"
            " with dbt-spark and pyspark; without FANGAN_ENGINE the models are built in DuckDB"
        )


def dbt_executable() -> Path:
    """Return Spark's dbt, which need not exist (``FANGAN_SPARK_DBT``)."""
    named = os.environ.get("FANGAN_SPARK_DBT")
    return Path(named).expanduser() if named else PROJECT_ROOT / ".venv-spark" / "bin" / "dbt"


def spark_folder(settings: Settings) -> Path:
    """Return the folder of Spark's tables, catalog and inputs (``FANGAN_SPARK_HOME``).

    This machine and every worker must see it under this path.
    """
    named = os.environ.get("FANGAN_SPARK_HOME")
    return Path(named).expanduser().resolve() if named else settings.dbt / "spark"


def target() -> str:
    """Return the target of dbt's profile: a driver of our own, or a Spark Connect server."""
    return "spark_connect" if os.environ.get("SPARK_REMOTE") else "spark"


def dbt_environment(settings: Settings, statements: Path | None = None) -> dict[str, str]:
    """Return the whole environment of Spark's dbt; ``statements`` is what it runs first."""
    folder = spark_folder(settings)
    kept = {name: value for name, value in os.environ.items() if name not in _OURS}
    own = {
        "FANGAN_SPARK_HOME": str(folder),
        "DBT_TARGET_PATH": str(folder / "dbt" / "target"),
        "DBT_LOG_PATH": str(folder / "dbt" / "logs"),
        # dates without a clock must not shift on their way through Python
        "TZ": "Asia/Shanghai",
        "PYTHONUTF8": "1",
    }
    if target() == "spark":
        # loopback alone, where the master is no other machine
        own["SPARK_LOCAL_IP"] = os.environ.get("SPARK_LOCAL_IP", "127.0.0.1")
    if statements is not None:
        own["FANGAN_SPARK_STATEMENTS"] = str(statements)
    return kept | own
