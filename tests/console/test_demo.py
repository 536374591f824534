"""``fangan demo`` leaves alone what is there; that it works is shown in ``test_readme``."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from orchestration.console.demo import make_demo
from orchestration.console.exit_codes import FINE


def test_a_finished_demo_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = tmp_path / "demo"
    lookups = demo / "home" / "internal" / "lookup" / "2022-10"
    lookups.mkdir(parents=True)
    (lookups / "lookup.sqlite").touch()
    assert make_demo(demo) == FINE
    assert f"FANGAN_HOME={demo / 'home'}" in capsys.readouterr().out
    assert not (demo / "raw").exists()


def test_other_deliveries_are_not_mixed_with_a_demo(tmp_path: Path) -> None:
    (tmp_path / "demo" / "raw").mkdir(parents=True)
    with pytest.raises(click.UsageError, match="It is there already"):
        make_demo(tmp_path / "demo")
