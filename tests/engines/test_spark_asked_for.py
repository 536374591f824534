"""Spark asked for and not there: exit 2 with what makes it, and never DuckDB in silence."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from month_installation import Installation

from orchestration.modelling.building import build
from orchestration.modelling.spark.installation import (
    ConfigurationError,
    dbt_environment,
    is_wanted,
    target,
)


@dataclass(frozen=True)
class Told(Installation):
    """An installation whose environment says more."""

    told: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | self.told


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"FANGAN_ENGINE": "spark", "FANGAN_SPARK_DBT": "/nowhere/dbt"}, "make spark-setup"),
        ({"FANGAN_ENGINE": "Spark"}, "只能是 duckdb、spark"),
    ],
)
def test_a_month_is_refused(installation, told: dict[str, str], said: str) -> None:
    made = Told(installation("asked for spark").settings, told)
    done = made.fangan("month", "2022-10")
    assert done.returncode == 2
    assert said in done.stderr
    assert not made.settings.statistics.exists()


def test_a_build_that_no_command_began_is_refused_too(
    october: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by the sensor's run, whose command is Dagster's."""
    monkeypatch.setenv("FANGAN_ENGINE", "spark")
    monkeypatch.setenv("FANGAN_SPARK_DBT", "/nowhere/dbt")
    with pytest.raises(ConfigurationError, match="make spark-setup"):
        build(october.settings, [])


def test_the_default_is_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FANGAN_ENGINE", raising=False)
    assert not is_wanted()


def test_nothing_of_ours_reaches_sparks_python(
    october: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("SPARK_REMOTE", "sc://127.0.0.1:15002")
    environment = dbt_environment(october.settings)
    assert "PYTHONPATH" not in environment
    assert environment["FANGAN_SPARK_HOME"] == str(october.settings.dbt / "spark")
    assert target() == "spark_connect"
