"""One setting says where steps are worked on; what is not installed is told before a run."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from orchestration.choices import EXECUTORS, ConfigurationError
from orchestration.executors import choosing
from orchestration.executors.choosing import PRELOADED, chosen_executor
from orchestration.executors.queue import BROKER
from orchestration.settings import Settings, load_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office's choices: steps in processes of this machine."""
    path = tmp_path / "fangan.toml"
    path.write_text('[run]\nexecutor = "multiprocess"\n', encoding="utf-8")
    monkeypatch.setenv("FANGAN_CONFIG", str(path))
    return path


def test_the_variable_comes_before_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().executor == "multiprocess"
    monkeypatch.setenv("FANGAN_EXECUTOR", "celery")
    assert load_settings().executor == "celery"
    monkeypatch.delenv("FANGAN_CONFIG")
    monkeypatch.delenv("FANGAN_EXECUTOR")
    assert load_settings().executor == "in-process"


@pytest.mark.parametrize("named", ["spark", "in_process", "1"])
def test_an_unknown_executor_is_told_with_those_there_are(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGAN_EXECUTOR", named)
    with pytest.raises(ConfigurationError, match=r"FANGAN_EXECUTOR.*in-process、multiprocess、cel"):
        load_settings()


def test_a_number_is_no_executor(file: Path) -> None:
    file.write_text("[run]\nexecutor = 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"run\.executor = 1"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "packages"),
    [("celery", r"dagster-celery==0\.\d+\.\d+ redis"), ("k8s", "dagster-k8s==")],
)
def test_what_is_not_installed_is_told_with_the_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, packages: str
) -> None:
    monkeypatch.setattr(choosing, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=f"pip install {packages}"):
        chosen_executor(replace(settings, executor=name))


@pytest.mark.parametrize("name", EXECUTORS)
def test_dagsters_own_executors_are_chosen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    needed = {"celery": "dagster_celery", "k8s": "dagster_k8s"}.get(name)
    if needed and find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    monkeypatch.setenv(BROKER, "redis://127.0.0.1:1/0")
    chosen = chosen_executor(replace(settings, executor=name))
    assert chosen.name == {"in-process": "in_process", "k8s": "k8s"}.get(name, name)


def test_steps_are_forked_by_a_server_that_has_loaded_everything(settings: Settings) -> None:
    chosen = chosen_executor(replace(settings, executor="multiprocess"))
    config = chosen.apply_config_mapping({}).value
    assert config["config"]["start_method"] == {"forkserver": {"preload_modules": [PRELOADED]}}
    assert find_spec(PRELOADED) is not None
