"""Each kind of bad input: one clear finding, the delivery refused, the bytes kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, folder, report, report_row, workbook

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.reference.contracts import kinds_of
from orchestration.settings import Settings
from orchestration.store.archive import archive_path
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _not_a_workbook(path: Path) -> None:
    path.write_bytes(b"\x00\x01\x02" * 500)


def _encrypted(path: Path) -> None:
    names = "".join(("Root Entry", "EncryptionInfo", "EncryptedPackage")).encode("utf-16-le")
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 1016 + names + b"\x00" * 2048)


def _html(path: Path) -> None:
    path.write_text("<html><body><table><tr><td>地区</td></tr></table></body></html>", "utf-8")


def _edited(path: Path, cell: str, value: object) -> None:
    report(path.parents[2], "gusu")
    book = openpyxl.load_workbook(path)
    book.worksheets[0][cell] = value
    book.save(path)


def _other_district(path: Path) -> None:
    row = report_row("wujiang")
    workbook(path, "monthly_report", [row], title="吴江区2022年10月月报表 截至2022年10月31日")


def _last_month(path: Path) -> None:
    workbook(path, "monthly_report", [report_row("gusu")], month=OCTOBER.previous)


def _two_sheets(path: Path) -> None:
    report(path.parents[2], "gusu")
    book = openpyxl.load_workbook(path)
    copy = book.copy_worksheet(book.worksheets[0])
    copy.title = "月报表（修改）"
    book.save(path)


def _renamed_column(path: Path) -> None:
    _edited(path, "B2", "已排查总数")


#: name: (maker of the file, its name, rule, cell, words of the message)
BAD: dict[str, tuple[Callable[[Path], None], str, str, str | None, str]] = {
    "empty file": (_empty, "monthly_report.xlsx", "ST-001", None, "空"),
    "not an xlsx": (_not_a_workbook, "monthly_report.xlsx", "ST-001", None, ""),
    "encrypted": (_encrypted, "monthly_report.xlsx", "ST-001", None, "密码"),
    "html saved as xls": (_html, "monthly_report.xls", "ST-001", None, "网页"),
    "wrong district": (_other_district, "monthly_report.xlsx", "ST-008", None, "吴江区"),
    "last month": (_last_month, "monthly_report.xlsx", "ST-007", None, "2022年9月"),
    "two sheets": (_two_sheets, "monthly_report.xlsx", "ST-005", None, "月报表（修改）"),
    "unknown column": (_renamed_column, "monthly_report.xlsx", "ST-003", "B3", "已排查总数"),
    "formula without value": (
        lambda path: _edited(path, "B4", "=SUM(B10:B12)"),
        "monthly_report.xlsx",
        "MR-101",
        "B4",
        "公式",
    ),
    "text for a number": (
        lambda path: _edited(path, "F4", "三十起"),
        "monthly_report.xlsx",
        "MR-102",
        "F4",
        "数字",
    ),
    "negative count": (
        lambda path: _edited(path, "G4", -31),
        "monthly_report.xlsx",
        "MR-103",
        "G4",
        "负数",
    ),
    "blank count": (
        lambda path: _edited(path, "G4", None),
        "monthly_report.xlsx",
        "MR-101",
        "G4",
        "不能为空",
    ),
}


def _judge(settings: Settings, ledger: Ledger, readers: ReaderPool) -> dict[str, Judgement]:
    judged = judge_district_month(settings, ledger, readers.read, OCTOBER, "gusu")
    return {judgement.kind: judgement for judgement in judged.judgements}


@pytest.mark.parametrize("name", BAD)
def test_one_clear_finding(
    name: str, settings: Settings, ledger: Ledger, readers: ReaderPool
) -> None:
    make, file_name, rule_id, cell, words = BAD[name]
    path = folder(settings.raw, "gusu") / file_name
    make(path)
    judged = _judge(settings, ledger, readers)["monthly_report"]
    assert judged.state == "refused"
    assert "accepted" not in judged.files
    found = pq.read_table(settings.home / judged.files["findings"].path).to_pylist()
    # a renamed column is both unknown and missing: one sentence each
    expected = [rule_id] * (2 if name == "unknown column" else 1)
    assert [finding["rule_id"] for finding in found] == expected
    finding = next(f for f in found if f["cell"] == cell)
    assert finding["file_name"] == file_name
    assert finding["cell"] == cell
    assert words in finding["message"]
    assert finding["remedy"]
    assert archive_path(settings.archive, sha256_of(path)).read_bytes() == path.read_bytes()
    asked = {verdict.outcome for verdict in judged.verdicts}
    assert "fail" in asked
    assert "error" not in asked


def test_two_files_of_one_kind_refuse_both_and_name_them(
    settings: Settings, ledger: Ledger, readers: ReaderPool
) -> None:
    first = report(settings.raw, "gusu")
    second = first.with_name("姑苏区2022年10月月报表.xlsx")
    second.write_bytes(first.read_bytes() + b"")
    report(settings.raw, "gusu", verified_count=29)
    judged = _judge(settings, ledger, readers)["monthly_report"]
    assert judged.state == "refused"
    [finding] = pq.read_table(settings.home / judged.files["findings"].path).to_pylist()
    assert finding["rule_id"] == "ST-002"
    assert first.name in finding["message"]
    assert second.name in finding["message"]
    for path in (first, second):
        assert archive_path(settings.archive, sha256_of(path)).exists()
    second.unlink()
    assert _judge(settings, ledger, readers)["monthly_report"].state == "accepted"


def test_a_file_nobody_can_place_is_told_and_kept(
    settings: Settings, ledger: Ledger, readers: ReaderPool
) -> None:
    report(settings.raw, "gusu")
    stray = folder(settings.raw, "gusu") / "汇总 final(2).xlsx"
    stray.write_bytes(b"bytes")
    judged = _judge(settings, ledger, readers)
    assert judged["monthly_report"].state == "accepted"
    [finding] = pq.read_table(settings.home / judged["delivery"].files["findings"].path).to_pylist()
    assert finding["rule_id"] == "DL-001"
    assert stray.name in finding["message"]
    assert archive_path(settings.archive, sha256_of(stray)).exists()


def test_nothing_delivered_is_missing_and_told(
    settings: Settings, ledger: Ledger, readers: ReaderPool
) -> None:
    judged = _judge(settings, ledger, readers)
    states = {kind: j.state for kind, j in judged.items() if kind != "delivery"}
    assert states == dict.fromkeys(kinds_of("gusu"), "missing")
    outcomes = {v.rule_id: v.outcome for v in judged["delivery"].verdicts}
    assert outcomes == {"DL-001": "pass", "DL-002": "fail"}
    for kind, judgement in judged.items():
        if kind != "delivery":
            assert {v.outcome for v in judgement.verdicts} == {"not_applicable"}
            assert all(v.reason for v in judgement.verdicts)
