"""The instance file is the operator's: written once, and a changed default is told."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
import yaml

from orchestration.console.health.home import instance
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.upkeep import instance_file
from orchestration.upkeep.instance_file import ChangedDefault, changed_defaults, prepare_instance

DEFAULT = PROJECT_ROOT / "orchestration" / "dagster.yaml"


def test_the_file_is_written_once_and_never_overwritten(settings: Settings) -> None:
    prepare_instance(settings)
    assert os.environ["DAGSTER_HOME"] == str(settings.dagster)
    file = instance_file.instance_file(settings)
    assert file.read_bytes() == DEFAULT.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("storage: {}\n")
    prepare_instance(settings)
    assert file.read_text() == "storage: {}\n"
    assert changed_defaults(settings) == []


def test_the_doctor_names_a_file_that_is_not_yaml(settings: Settings) -> None:
    prepare_instance(settings)
    assert instance(settings)["state"] == "ok"
    instance_file.instance_file(settings).write_text("storage: {")
    assert instance(settings)["state"] == "fault"


def test_a_file_that_earlier_versions_wrote_on_every_start_is_renewed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = instance_file.instance_file(settings)
    file.write_text("telemetry: {enabled: false}\n")
    known = {hashlib.sha256(file.read_bytes()).hexdigest()}
    monkeypatch.setattr(instance_file, "_WRITTEN_BY_EARLIER_VERSIONS", known)
    prepare_instance(settings)
    assert file.read_bytes() == DEFAULT.read_bytes()


def test_a_changed_default_is_told_until_it_is_taken_over(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_instance(settings)
    later = yaml.safe_load(DEFAULT.read_bytes())
    later["run_monitoring"]["max_runtime_seconds"] = 3600
    del later["nux"]
    monkeypatch.setattr(instance_file, "_DEFAULT", tmp_path / "later.yaml")
    (tmp_path / "later.yaml").write_text(yaml.safe_dump(later))
    prepare_instance(settings)
    assert changed_defaults(settings) == [
        ChangedDefault("nux.enabled", False, None),
        ChangedDefault("run_monitoring.max_runtime_seconds", 7200, 3600),
    ]
    told = instance(settings)
    assert told["state"] == "note"
    assert "run_monitoring.max_runtime_seconds was 7200, now 3600" in told["detail"]
    instance_file.default_then(settings).unlink()
    prepare_instance(settings)
    assert changed_defaults(settings) == []
