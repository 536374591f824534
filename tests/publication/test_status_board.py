"""The status board: the same facts in any order of looking, and the same bytes without news."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from deliver import OCTOBER, report
from publication.html_page import Page

from orchestration.publication.status.facts import month_status
from orchestration.publication.status.page import DISTRICT_COLUMNS, district_counts, write_status
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

BEFORE, AFTER = datetime(2022, 11, 4, 9, tzinfo=SUZHOU), datetime(2022, 11, 8, 9, tzinfo=SUZHOU)


@pytest.fixture
def delivered(
    settings: Settings, ledger: Ledger, judge, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """October with one district in time, and one that came late, was refused and came again."""
    for day, district_id, changes in (
        (3, "sip", {}),
        (6, "gusu", {"verified_count": -1}),
        (7, "gusu", {}),
    ):
        at = datetime(2022, 11, day, 12, tzinfo=SUZHOU).isoformat()
        for module in ("arrivals", "judgements"):
            monkeypatch.setattr(f"orchestration.store.{module}.now", lambda at=at: at)
        report(settings.raw, district_id, **changes)
        judge(district_id)
    return settings


def test_the_board_before_and_after_the_deadline(delivered: Settings, ledger: Ledger) -> None:
    before = Page(write_status(delivered, ledger, BEFORE).read_text(encoding="utf-8"))
    cells = [cell for row in before.rows for cell in row]
    assert cells.count("待报送") == 52 - 1
    assert "未报送" not in cells
    assert before.rows[1] == ["2022年10月", "53", "2", "—", "2", "—", "1", "24 小时", "未发布"]
    page = write_status(delivered, ledger, AFTER).read_text(encoding="utf-8")
    rows = Page(page).rows
    assert rows[1] == ["2022年10月", "53", "2", "1.9%", "2", "3.8%", "1", "24 小时", "未发布"]
    [gusu] = [row for row in rows if row[0] == "姑苏区" and len(row) == 9]
    assert gusu[5] == "已接收逾期 1 天，第 2 版"
    assert gusu[1] == "未报送"
    assert gusu[-1] == "不报"
    [detail] = [row for row in rows if row[:2] == ["姑苏区", "月报表"]]
    assert detail[2:7] == ["已接收", "2022-11-06 12:00", "逾期 1 天", "2", "1"]
    assert detail[7:] == ["1", "2022-11-07 12:00", "24 小时", "2022-11-07 12:00", "未发布"]
    assert "截止 11-05 18:00，统计 11-06 06:00" in page
    assert "演示数据" not in page


def test_without_news_nothing_is_written(delivered: Settings, ledger: Ledger) -> None:
    path = write_status(delivered, ledger, AFTER)
    first = path.stat()
    write_status(delivered, ledger, AFTER + timedelta(days=1))
    assert path.stat().st_mtime_ns == first.st_mtime_ns
    assert first.st_mode & 0o777 == 0o644
    assert len([f for f in ledger.public_files() if f == "published/status.html"]) == 1


def test_districts_are_counted_for_dagster(delivered: Settings, ledger: Ledger) -> None:
    counts = {row[0]: row for row in district_counts(month_status(ledger, OCTOBER, AFTER))}
    assert dict(zip(DISTRICT_COLUMNS, counts["姑苏区"], strict=True)) == {
        "地区": "姑苏区",
        "应报": 5,
        "已报": 1,
        "已接收": 1,
        "已退回": 0,
        "未报": 4,
        "逾期": 1,
    }
    assert len(counts) == 11


def test_an_empty_home_has_a_board_too(settings: Settings, ledger: Ledger) -> None:
    page = write_status(settings, ledger, AFTER).read_text(encoding="utf-8")
    assert "还没有收到任何报送" in page
