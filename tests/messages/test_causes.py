"""What is told of deliveries, releases and the machine, as a month goes by in October's days."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from deliver import OCTOBER, report

from orchestration.messages import due_causes as due_module
from orchestration.messages import machine_causes as machine
from orchestration.messages.causes import Cause
from orchestration.messages.configuration import Rules
from orchestration.messages.delivery_causes import delivery_causes, recent_statuses
from orchestration.messages.due_causes import due_causes
from orchestration.messages.open_causes import FailingChannel, OpenCause, State
from orchestration.messages.placing_causes import placing_causes
from orchestration.messages.release_causes import release_causes
from orchestration.messages.reminders import write_reminders
from orchestration.publication.status.facts import Place, month_status
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

MONTH_LONG = timedelta(days=60)
RULES = Rules()


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2022, 11, day, hour, tzinfo=SUZHOU)


@pytest.fixture
def arrive(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Let what is delivered and judged from now on be so at a given time."""

    def set_clock(now: datetime) -> None:
        for module in ("arrivals", "judgements"):
            monkeypatch.setattr(f"orchestration.store.{module}.now", lambda: now.isoformat())

    return set_clock


def found(ledger: Ledger, now: datetime) -> dict[str, Cause]:
    causes = delivery_causes(ledger, recent_statuses(ledger, now, MONTH_LONG), now, MONTH_LONG)
    return {cause.key: cause for cause in causes}


def place(ledger: Ledger, now: datetime) -> Place:
    status = month_status(ledger, OCTOBER, now)
    [one] = [p for p in status.places if (p.district_id, p.kind) == ("gusu", "monthly_report")]
    return one


def test_a_month_from_opening_to_a_mended_delivery(
    settings: Settings, ledger: Ledger, judge, arrive
) -> None:
    assert found(ledger, at(4)) == {}
    arrive(at(3))
    report(settings.raw, "sip")
    judge("sip")
    assert not [key for key in found(ledger, at(4)) if key.startswith(("missing", "late"))]

    # the deadline passes: everybody else owes everything
    causes = found(ledger, at(6))
    assert causes["missing/2022-10/gusu"].subject == "【2022-10】姑苏区 逾期未报 5 项"
    assert "outbox/reminders/2022-10/gusu.txt" in causes["missing/2022-10/gusu"].first_line
    assert "2022年11月5日18:00" in causes["missing/2022-10/gusu"].body
    assert "· 月报表" in causes["missing/2022-10/gusu"].body
    write_reminders(settings, recent_statuses(ledger, at(6), MONTH_LONG))
    draft = settings.outbox / "reminders" / "2022-10" / "gusu.txt"
    text = draft.read_text(encoding="utf-8")
    assert "姑苏区：" in text
    assert "320508" in text
    assert "月报表" in text

    # a late delivery with a negative count: late, and returned
    arrive(at(7))
    report(settings.raw, "gusu", verified_count=-1)
    judge()
    causes = found(ledger, at(7, 13))
    assert causes["missing/2022-10/gusu"].subject.endswith("逾期未报 4 项")
    assert causes["late/2022-10/gusu"].subject == "【2022-10】姑苏区 逾期报送 1 项"
    assert "逾期 2 天" in causes["late/2022-10/gusu"].body
    assert causes["late/2022-10/gusu"].happened_once
    returned = causes["returned/2022-10/gusu"]
    assert returned.subject.startswith("【2022-10】姑苏区 退回 ")
    assert returned.severity == "error"
    assert "整份退回、不计入统计：月报表" in returned.body
    assert "fangan return 2022-10 姑苏区" in returned.first_line
    refused = place(ledger, at(7, 13))
    assert (refused.state, refused.versions, refused.days_late) == ("refused", 1, 2)
    write_reminders(settings, recent_statuses(ledger, at(7, 13), MONTH_LONG))
    assert "月报表" not in draft.read_text(encoding="utf-8")

    # mended a day later
    arrive(at(8))
    report(settings.raw, "gusu")
    judge()
    assert "returned/2022-10/gusu" not in found(ledger, at(8, 13))
    mended = place(ledger, at(8, 13))
    assert (mended.state, mended.versions) == ("accepted", 2)
    assert (mended.refused_count, mended.returned_count) == (1, 1)
    assert mended.turnaround_hours == 24
    assert mended.delivered_at == at(7)
    assert mended.redelivered_at == mended.accepted_at == at(8)

    # nobody nags about a month for ever
    assert found(ledger, at(8) + timedelta(days=90)) == {}


def test_nobody_is_late_for_a_month_before_the_platform(
    settings: Settings, ledger: Ledger, judge, arrive
) -> None:
    arrive(at(20))
    report(settings.raw, "gusu")
    judge()
    assert found(ledger, at(21)) == {}
    status = month_status(ledger, OCTOBER, at(21))
    assert (status.delivered_count, status.on_time_count) == (1, None)


def test_a_release_is_asked_for_when_its_day_has_come(
    settings: Settings, ledger: Ledger, judge, arrive
) -> None:
    arrive(at(3))
    report(settings.raw, "gusu")
    judge()
    for day, keys in ((9, []), (11, ["release_waiting/2022-10"])):
        statuses = recent_statuses(ledger, at(day), MONTH_LONG)
        causes = release_causes(statuses, at(day), MONTH_LONG)
        assert [cause.key for cause in causes] == keys
    assert causes[0].first_line.startswith("请复核后发布：fangan release 2022-10 --note")


def _machine(
    settings: Settings, now: datetime, backup_at: datetime | None = None, state: State | None = None
) -> dict[str, Cause]:
    causes = machine.machine_causes(
        settings,
        RULES,
        state or State(),
        now,
        opened_at=now - timedelta(days=30),
        backup_at=backup_at,
    )
    return {cause.key: cause for cause in causes}


def test_the_machine_is_looked_at(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    now = at(6)
    recent = now - timedelta(days=2)
    assert _machine(settings, now, backup_at=recent) == {}
    assert list(_machine(settings, now)) == ["backup/home"]
    old = now - timedelta(days=8)
    assert "2022-10-29" in _machine(settings, now, backup_at=old)["backup/home"].body

    monkeypatch.setattr(machine, "free_bytes", lambda _: 3 << 30)
    disk = _machine(settings, now, backup_at=recent)["disk/home"]
    assert (disk.subject, disk.severity) == ("【平台】磁盘空间不足", "error")
    assert "3.0 GiB free; the next run may need 1.0 GiB, and 5 GiB are to stay free" in disk.body

    late = datetime(2098, 12, 1, tzinfo=SUZHOU)
    assert "holidays/2099" in _machine(settings, late, backup_at=late)


def test_a_channel_is_told_of_after_an_hour(settings: Settings) -> None:
    state = State(failing={"mail#1": FailingChannel(at(6).isoformat(), "refused")})
    keys = [
        list(_machine(settings, now, at(6), state))
        for now in (at(6, 12) + timedelta(minutes=50), at(6, 13))
    ]
    assert keys == [[], ["channel/mail#1"]]


def test_what_lies_wrongly_is_told_with_the_right_name(settings: Settings, ledger: Ledger) -> None:
    (settings.raw / "2022-9" / "320508").mkdir(parents=True)
    (settings.raw / "2022-10" / "姑苏区").mkdir(parents=True)
    (settings.raw / "2023-02").mkdir()
    causes = {cause.key: cause for cause in placing_causes(settings, ledger, at(6))}
    assert list(causes) == ["unplaced/district_name/2022-10/姑苏区", "unplaced/month_name/2022-9"]
    month = causes["unplaced/month_name/2022-9"]
    assert month.subject == "【报送】文件夹名不是月份：2022-9"
    assert month.first_line == "请改名为 2022-09。"
    assert causes["unplaced/district_name/2022-10/姑苏区"].first_line == "请改名为 2022-10/320508。"
    away = replace(settings, raw=settings.raw / "not-mounted")
    [cause] = placing_causes(away, ledger, at(6))
    assert (cause.severity, cause.audience) == ("error", "engineers")


def test_a_folder_that_cannot_be_read_is_told(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> list[object]:
        raise PermissionError(13, "Permission denied", "/raw/2022-10/someone")

    monkeypatch.setattr("orchestration.messages.placing_causes.unplaced", refuse)
    [cause] = placing_causes(settings, ledger, at(6))
    assert cause.key == "unplaced/unreadable"
    assert "someone" not in cause.body


def test_a_month_that_nothing_runs_is_told(settings: Settings, ledger: Ledger) -> None:
    def told(now: datetime, state: State, rules: Rules = RULES) -> list[str]:
        causes = due_causes(settings, ledger, rules, state, now)
        assert causes is not None
        return [cause.subject for cause in causes]

    assert told(at(6), State()) == []
    report(settings.raw, "gusu")
    assert [told(at(6, hour), State()) for hour in (8, 13, 14)] == [
        [],
        [],
        ["【2022-10】应统计而没有统计"],
    ]
    assert told(at(7), State(), Rules(due_after_hours=48)) == []
    # a home whose months are run by hand, and a run of which it is told that it failed
    assert told(at(7), State(), Rules(daemon=False)) == []
    failed = OpenCause("运行失败", "error", "engineers", "", "", 1, happened_once=False)
    assert told(at(7), State(causes={"run/2022-10": failed})) == []
    settings.raw.rename(settings.raw.with_name("unmounted"))
    assert due_causes(settings, ledger, RULES, State(), at(7)) is None


def test_stale_months_are_told_once_a_program(
    settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = [OCTOBER.shift(-2), OCTOBER]
    monkeypatch.setattr(due_module, "stale_months", lambda *_: months)
    [cause] = due_causes(settings, ledger, RULES, State(), at(7)) or []
    assert (cause.happened_once, cause.severity) == (True, "info")
    assert "fangan backfill 2022-08..2022-10" in cause.first_line
    assert "2 months were made by an earlier program: 2022-08、2022-10" in cause.body
    assert str(len(months)) not in cause.subject
    former, months = cause.key, []
    monkeypatch.setattr(due_module, "month_code_version", lambda: "another version")
    assert due_causes(settings, ledger, RULES, State(), at(7)) == []
    months = [OCTOBER]
    [cause] = due_causes(settings, ledger, RULES, State(), at(7)) or []
    assert cause.key != former
