"""Approval by a second person: name comparison, configuration, and the recorded approver."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from publication.releasing import Office, office, whole_office

from orchestration.cli import main
from orchestration.masthead import Masthead
from orchestration.reference.approvals import approval_refusal
from orchestration.settings import Settings, load_settings
from orchestration.store.releases import DecisionRefusedError

__all__ = ["office", "whole_office"]


@pytest.mark.parametrize(
    ("name", "approver", "approvals", "words"),
    [
        ("张科长", None, 1, None),
        ("张科长", "李处长", 1, None),
        ("张科长", "李处长", 2, None),
        ("张科长", None, 2, "要求 2 人，现有 1 人"),
        ("张科长", "", 2, "--approver NAME"),
        ("张科长", " \u3000", 1, "姓名无效"),
        ("张科长", "——", 2, "姓名无效"),
        ("张科长", "张科长", 1, "同一人"),
        ("张科长", "张 科长\u200b", 2, "同一人"),
        ("Zhang San", "ＺＨＡＮＧsan", 2, "同一人"),
        ("  ", "李处长", 2, "--reviewer"),
    ],
)
def test_the_approver_must_be_another_person(
    name: str, approver: str | None, approvals: int, words: str | None
) -> None:
    refusal = approval_refusal(name, approver, approvals)
    assert refusal is None if words is None else words in (refusal or "")


def configure(path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("FANGAN_CONFIG", str(path))


def test_two_people_decide_if_the_configuration_requires_it(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(tmp_path / "c.toml", monkeypatch, "[release]\napprovals = 2\n")
    office.settings = load_settings()
    office.run()
    home = sorted(office.settings.home.rglob("*"))
    for approver in (None, "张 科长"):
        with pytest.raises(DecisionRefusedError):
            office.release(approved_by=approver)
    assert sorted(office.settings.home.rglob("*")) == home
    [vintage] = office.release(approved_by="李处长").vintages
    assert (vintage.release.decided_by, vintage.release.approved_by) == ("张科长", "李处长")
    with pytest.raises(DecisionRefusedError):
        office.decide("withdraw")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[release]\naprovals = 2", "应为 approvals"),
        ("[relaese]\napprovals = 2", "应为 release"),
        ("[release]\napprovals = 3", "只能是 1、2"),
        ("[release]\napprovals = true", "只能是 1、2"),
        ("[release]\napprovals = '2'", "只能是 1、2"),
        ("[masthead]\nnumber = '第{x}期'", "{x}"),
        ("[masthead]\nnumber = '第{期}期'", "masthead.first_month"),
        ("[masthead]\nname = 1", "一行文字"),
        ("[masthead]\nsentences = 'above'", "after、before"),
        ("release = 2", "Write it as [release]"),
        ("[release", "TOML"),
    ],
)
def test_an_unknown_configuration_value_is_a_usage_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    words: str,
) -> None:
    configure(tmp_path / "c.toml", monkeypatch, text)
    assert words in failed(monkeypatch, capsys)


def test_a_missing_configuration_file_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FANGAN_CONFIG", str(tmp_path / "none.toml"))
    assert "FANGAN_CONFIG" in failed(monkeypatch, capsys)


def failed(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> str:
    """Run a command that ends with 2; return what it said."""
    monkeypatch.setattr("sys.argv", ["fangan", "status"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    return str(capsys.readouterr().err)


def test_both_settings_of_approvals_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\ufeff[sample]\napprovals = 2\n[masthead]\npublisher = '市住建局'\n"
    configure(tmp_path / "c.toml", monkeypatch, text)
    settings: Settings = load_settings()
    assert settings.masthead == Masthead(publisher="市住建局")
    assert (settings.release_approvals, settings.sample_approvals) == (1, 2)
