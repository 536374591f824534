"""Drafts of reminders (催报) to districts that owe something after the deadline.

``outbox/reminders/<month>/<district_id>.txt``, for a person to check and send; it goes away when
the district has delivered. The draft names kinds of reports and nothing from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from orchestration.publication.status.facts import MonthStatus, Place
from orchestration.reference.districts import district_in
from orchestration.reference.months import Month, chinese_date
from orchestration.settings import Settings
from orchestration.store.files import replacing


def missing_of(status: MonthStatus, places: Iterable[Place]) -> list[Place]:
    """Return what a district still owes once the deadline has passed; nothing before."""
    is_asked = status.is_closed and status.is_judged_for_lateness
    if not is_asked or status.release_state == "final":
        return []
    return [place for place in places if place.state == "missing"]


def reminder_path(month: Month, district_id: str) -> str:
    """Return where the draft of a district's reminder lies, below the home."""
    return f"outbox/reminders/{month}/{district_id}.txt"


def write_reminders(settings: Settings, statuses: Iterable[MonthStatus]) -> None:
    """Write the draft of each district that owes something, and remove those that are done."""
    for status in statuses:
        for district_id, grouped in groupby(status.places, key=lambda place: place.district_id):
            path = settings.home / reminder_path(status.month, district_id)
            missing = missing_of(status, grouped)
            if not missing:
                path.unlink(missing_ok=True)
                continue
            text = _draft(status, missing)
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                with replacing(path) as temporary:
                    temporary.write_text(text, encoding="utf-8")


def _draft(status: MonthStatus, places: list[Place]) -> str:
    """Return the draft of a letter to a district that has not delivered everything."""
    month, name = status.month, places[0].district_name
    due = status.calendar.deadline
    listed = "\n".join(f"　　{number}. {place.title}" for number, place in enumerate(places, 1))
    return (
        f"关于报送{month.chinese}房屋使用安全数据的催报函（草稿）\n\n"
        f"{name}：\n\n"
        f"　　{month.chinese}数据的报送截止时间为{moment(due)}。截至目前，"
        f"尚未收到你区以下 {len(places)} 项：\n\n{listed}\n\n"
        f"　　请核实后尽快报送至市级平台 {month}/"
        f"{district_in(places[0].district_id, month).district_code} 文件夹；"
        "确无数据的，请零报告（只有表头、注明截至日期）。逾期的报送在收到后补充统计，"
        "并按规定记入及时率。\n\n"
        "　　已经报送的，请告知文件名和报送时间，以便查找。\n"
    )


def moment(at: datetime) -> str:
    """Return a day and time in Chinese: ``2022年11月7日18:00``."""
    return f"{chinese_date(at.date())}{at:%H:%M}"
