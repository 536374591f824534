"""What a killed command left of a decision is done by the next one, and the log carries it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from publication.october import OCTOBER
from publication.releasing import REVISED, SECOND, Office, office, whole_office

from orchestration.cli import main
from orchestration.modelling import up_to_date
from orchestration.publication.issue import placing
from orchestration.publication.release import audit_heads, decisions, settling
from orchestration.publication.release.audit_heads import known_heads, noted_in, unknown_manifests
from orchestration.publication.release.decisions import ReleaseRequest
from orchestration.publication.release.settling import CannotTakeUpError
from orchestration.reference.fingerprints import inputs_of, program_of
from orchestration.reference.months import Month
from orchestration.store.ledger import Ledger
from orchestration.store.releases import Releases

__all__ = ["office", "whole_office"]
#: Steps from the decision on; the process is killed once it is done.
STEPS: list[tuple[Any, str]] = [
    (Releases, "decide"),
    (settling, "place_issue"),
    (Ledger, "record_publication"),
]


def killed(monkeypatch: pytest.MonkeyPatch, step: tuple[Any, str], act: Callable[[], Any]) -> None:
    done = getattr(*step)

    def die(*arguments: Any, **named: Any) -> None:
        done(*arguments, **named)
        os._exit(9)

    with monkeypatch.context() as patched:
        patched.setattr(*step, die)
        child = get_context("fork").Process(target=act)
        child.start()
        child.join()
    assert child.exitcode == 9, step


def fangan(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr("sys.argv", ["fangan", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0


def run_once(office: Office) -> None:
    """Run as the month's job does, with what it records at its end."""
    office.run()
    fingerprint = up_to_date.month_fingerprint(office.settings, office.ledger, OCTOBER)
    office.ledger.record_publication(OCTOBER, fingerprint)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[1])
def test_a_release_killed_after_the_decision_is_finished_by_the_next_command(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    step: tuple[Any, str],
) -> None:
    run_once(office)
    killed(monkeypatch, step, office.release)
    fangan(monkeypatch, "query", "from marts.rpt_release")
    told = capsys.readouterr().err
    assert "上次中断的2022-10 第1版发布已补办完毕" in told
    assert office.completed() == [(1, "provisional", 31)]
    folder = office.settings.published / "2022-10"
    assert {"bulletin.html", "manifest.json", "receipt.json"} <= set(os.listdir(folder / "v1"))
    assert (folder / "bulletin.html").read_bytes() == (folder / "v1/bulletin.html").read_bytes()
    assert "v1/bulletin.html" in (office.settings.published / "index.html").read_text("utf-8")
    wanted = up_to_date.month_fingerprint(office.settings, office.ledger, OCTOBER)
    assert office.ledger.published_fingerprint(OCTOBER) == wanted
    assert office.ledger.verify_audit(known_heads(office.settings)).faults == ()
    fangan(monkeypatch, "query", "from marts.rpt_release")
    assert capsys.readouterr().err == ""


def test_a_decision_makes_no_stale_month_current(office: Office) -> None:
    run_once(office)
    office.release()
    ledger = office.ledger
    inputs = inputs_of(ledger.published_fingerprint(OCTOBER) or "")
    ledger.record_publication(OCTOBER, f"{inputs}-former")
    office.decide("withdraw")
    published = ledger.published_fingerprint(OCTOBER) or ""
    wanted = up_to_date.month_fingerprint(office.settings, ledger, OCTOBER)
    assert inputs_of(published) == inputs_of(wanted) != inputs
    assert program_of(published) == "former"


def test_a_withdrawal_and_an_unlocking_killed_are_finished(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(office)
    office.release()
    killed(monkeypatch, (Releases, "decide"), lambda: office.decide("withdraw"))
    fangan(monkeypatch, "query", "from marts.rpt_release")
    assert "第1版撤回已补办完毕" in capsys.readouterr().err
    assert office.completed() == [(1, "withdrawn", 31)]
    killed(monkeypatch, (Releases, "decide"), lambda: office.decide("unlock"))
    assert [d.action for d in decisions.take_up_decisions(office.settings)] == ["unlock"]
    assert office.completed() == [(0, "provisional", 31)]


def test_a_release_is_settled_only_after_its_last_step(office: Office) -> None:
    """The look-up file fails, as where a register is damaged: the release stands, and is open."""
    office.run()

    def fail(_: Month) -> None:
        raise OSError("no room")

    request = ReleaseRequest(OCTOBER, "说明", "张科长", SECOND)
    with pytest.raises(OSError, match="no room"):
        decisions.make_release(office.settings, request, fail)
    assert office.completed() == [(1, "provisional", 31)]
    completed: list[Month] = []
    [decision] = decisions.take_up_decisions(office.settings, completed.append)
    assert (decision.action, completed) == ("release", [OCTOBER])
    assert decisions.take_up_decisions(office.settings, completed.append) == []


def test_a_decision_that_cannot_be_finished_keeps_no_command_from_its_work(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Marts that were written since are nobody's to publish but a run's."""
    office.run()
    killed(monkeypatch, (Releases, "decide"), office.release)
    later = SECOND.timestamp() + 10**9
    os.utime(office.settings.warehouse, (later, later))
    with pytest.raises(CannotTakeUpError, match="fangan month 2022-10"):
        decisions.take_up_decisions(office.settings)
    fangan(monkeypatch, "query", "select 1")
    assert "尚未办完" in capsys.readouterr().err
    office.run(changes=REVISED)
    assert [d.vintage for d in decisions.take_up_decisions(office.settings)] == [1]
    assert office.completed() == [(1, "provisional", 31)]


def test_published_file_and_receipt_carry_the_head_after_the_decision(office: Office) -> None:
    office.run()
    released = office.release().vintages[0].release
    entry = office.ledger.entry_of(office.ledger.release_state(OCTOBER).decisions[0])
    assert office.ask("select audit_hash from marts.publication") == [(entry.hash,)]
    receipt = office.settings.published / "2022-10/v1/receipt.json"
    told = json.loads(receipt.read_text(encoding="utf-8"))
    assert told["audit_hash"] == entry.hash
    assert told["manifest_sha256"] == released.manifest_sha256
    kept = office.settings.releases / "2022-10/v1/receipt.json"
    assert kept.read_bytes() == receipt.read_bytes()
    placing.place_issue(office.settings, office.ledger.release_state(OCTOBER).vintages[0])
    assert kept.read_bytes() == receipt.read_bytes()


def test_a_log_that_was_cut_short_is_found_by_each_note(office: Office, tmp_path: Path) -> None:
    """The release and all after it are gone from ledger and log, counters included."""
    office.run()
    former = tmp_path / "former.sqlite"
    office.ledger._opened.execute(f"vacuum into '{former}'")
    office.release()
    release_folder = office.settings.published / "2022-10/v1"
    line = tmp_path / "kept.txt"
    line.write_text(f"2022-11-06 末条 {office.ledger.audit_head().upper()}\n", encoding="utf-16")
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"entry_count": 1, "head": office.ledger.audit_head()}))
    kept = [line, report, release_folder / "receipt.json", office.settings.statistics]
    ledger = office.ledger
    for path in kept:
        assert ledger.verify_audit(noted_in(path).heads).faults == ()
    manifest = noted_in(release_folder / "manifest.json")
    assert unknown_manifests(ledger, manifest) == []
    cut = Ledger(former)
    assert cut.verify_audit({}).faults == ()
    for path in kept:
        [fault] = cut.verify_audit(noted_in(path).heads).faults
        assert path.name in fault
    assert len(unknown_manifests(cut, manifest)) == 1
    places = "\n".join(cut.verify_audit(known_heads(office.settings)).faults)
    for place in ("statistics.duckdb", "releases/2022-10/v1/rec", "published/2022-10/v1/rec"):
        assert place in places


def test_a_published_file_notes_the_log_whatever_its_size(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run()
    monkeypatch.setattr(audit_heads, "_LARGEST_NOTE", office.settings.statistics.stat().st_size - 1)
    assert "published/statistics.duckdb" in known_heads(office.settings)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"no hash", b"0" * 65, b"xxxxxxxxDUCKxx"])
def test_a_file_that_notes_nothing_is_wrong_use(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
) -> None:
    path = tmp_path / "kept"
    path.write_bytes(content)
    monkeypatch.setattr("sys.argv", ["fangan", "audit", "verify", "--against", str(path)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "64 hexadecimal digits" in capsys.readouterr().err
