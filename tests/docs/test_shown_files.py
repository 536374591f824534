"""What pages show of files that people write is taken by the program as it stands there."""

from __future__ import annotations

from pathlib import Path

import pytest
from fenced import blocks

from orchestration.judgement.corrections import Correction
from orchestration.judgement.decisions import read_decisions
from orchestration.judgement.waivers import Waiver
from orchestration.messages.configuration import load_configuration
from orchestration.reference.vocabulary import REVISION_REASONS
from orchestration.settings import PROJECT_ROOT, SEEDS_DIR, load_settings

HOW_TO = PROJECT_ROOT / "docs" / "how-to"


def test_the_correction_and_the_waiver_can_be_decided(tmp_path: Path) -> None:
    for block, model in zip(
        blocks(HOW_TO / "wrong-figure.md", "csv"), (Correction, Waiver), strict=True
    ):
        path = tmp_path / f"{model.__name__}.csv"
        path.write_text(block.text, encoding="utf-8")
        assert len(read_decisions(path, model)) == 1  # type: ignore[type-var]


def test_the_choices_of_the_office_are_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fangan.toml"
    shown = blocks(HOW_TO / "release.md", "toml")
    path.write_text("".join(block.text for block in shown), encoding="utf-8")
    monkeypatch.setenv("FANGAN_CONFIG", str(path))
    settings = load_settings()
    assert settings.release_approvals == 2
    assert settings.masthead.number_of(2022, 10) == "2022年第10期（总第22期）"


def test_the_channels_of_messages_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [shown] = blocks(HOW_TO / "messages.md", "toml")
    path = tmp_path / "messages.toml"
    path.write_text(shown.text, encoding="utf-8")
    path.chmod(0o600)
    for variable in ("FANGAN_SMTP_PASSWORD", "FANGAN_WECOM_KEY"):
        monkeypatch.setenv(variable, "a secret")
    assert list(load_configuration(path).channels) == ["office", "engineers"]


@pytest.mark.parametrize("page", ["release.md", "release.zh-CN.md"])
def test_every_reason_of_a_revision_is_explained(page: str) -> None:
    text = (HOW_TO / page).read_text(encoding="utf-8")
    assert all(f"| `{code}` | {word} |" in text for code, word in REVISION_REASONS.items())


def test_the_changed_code_stands_in_the_seed() -> None:
    shown = blocks(HOW_TO / "new-district.md", "csv")[0]
    assert shown.text in (SEEDS_DIR / "districts.csv").read_text(encoding="utf-8")
