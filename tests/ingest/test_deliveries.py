"""What lies in a district's folder: odd names are read as they were meant, odd things never."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from deliver import OCTOBER, folder, report

from orchestration.ingest.deliveries import receive
from orchestration.ingest.watching import look, month_of
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

ODD_NAMES = {
    "a program of Windows": ("月报表（10月）.xlsx".encode("gb18030"), "月报表（10月）.xlsx"),
    "neither UTF-8 nor GB18030": (
        b"\xff\xffmonthly_report.xlsx",
        "\ufffd\ufffdmonthly_report.xlsx",
    ),
    "text turned around": ("月报表\u202exslx.exe".encode(), "月报表\ufffdxslx.exe"),
    "two lines": ("月报表\n第二行.xlsx".encode(), "月报表\ufffd第二行.xlsx"),
    "as long as a name can be": (b"monthly_report" + b"x" * 241, "monthly_report" + "x" * 241),
    "a formula": ("=1+月报表.xlsx".encode(), "=1+月报表.xlsx"),
    "a quotation": (
        "月报表'); drop table arrival;--.xlsx".encode(),
        "月报表'); drop table arrival;--.xlsx",
    ),
}


@pytest.mark.parametrize("case", ODD_NAMES)
def test_odd_names_are_stored_as_text_that_shows(
    settings: Settings, ledger: Ledger, case: str
) -> None:
    name, shown = ODD_NAMES[case]
    path = report(settings.raw, "gusu")
    path.rename(Path(os.fsdecode(os.fsencode(path.parent) + b"/" + name)))
    received = receive(settings, ledger, OCTOBER, "gusu")
    assert received.misdelivered == ()
    assert received.arrivals["monthly_report"].file_name == shown
    assert {month_of(path) for path in look(settings.raw, b"key")} == {"2022-10"}


def test_only_plain_files_are_opened(
    settings: Settings, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("key", encoding="utf-8")
    place = folder(settings.raw, "gusu")
    (place / "1 link monthly_report.xlsx").symlink_to(secret)
    os.mkfifo(place / "2 pipe monthly_report.xlsx")
    (place / "3 folder monthly_report.xlsx").mkdir()
    (place / "4 dangling monthly_report.xlsx").symlink_to(tmp_path / "nowhere")
    monkeypatch.chdir(place)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("5 socket monthly_report.xlsx")
    received = receive(settings, ledger, OCTOBER, "gusu")
    assert received.arrivals == {}
    assert [item.file_name[0] for item in received.misdelivered] == list("12345")
    assert {item.reason.partition("（")[0] for item in received.misdelivered} == {"不是普通文件"}
    assert [path for path in settings.archive.rglob("*") if path.is_file()] == []


def test_a_hard_link_is_a_file_like_any_other(
    settings: Settings, ledger: Ledger, tmp_path: Path
) -> None:
    """Its bytes are copied and hashed; whoever changes them later changes no version."""
    path = report(settings.raw, "gusu")
    (tmp_path / "twin.xlsx").hardlink_to(path)
    assert set(receive(settings, ledger, OCTOBER, "gusu").arrivals) == {"monthly_report"}
