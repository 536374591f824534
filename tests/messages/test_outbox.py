"""One message a cause: told once, again by rule, anew when it changes; ended by an all-clear."""

from __future__ import annotations

from datetime import timedelta

import pytest
from messages.conftest import NOW

from orchestration.messages.causes import Cause
from orchestration.messages.open_causes import read_state
from orchestration.messages.outbox import tell
from orchestration.settings import Settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CAUSE = Cause(
    "returned/2022-11/gusu", "【2022-11】姑苏区 退回 3 项", "请把退回包发给姑苏区", "明细"
)


def test_a_cause_is_written_for_people_and_programs(settings: Settings, outbox) -> None:
    [letter] = tell(settings, [CAUSE], NOW)
    assert outbox() == [letter]
    text = (settings.outbox / f"{letter.letter_id}.txt").read_text(encoding="utf-8")
    assert text == "【2022-11】姑苏区 退回 3 项\n\n请把退回包发给姑苏区\n\n明细\n"
    assert letter.waiting == ()  # nothing leaves the machine until a file names a channel
    modes = {path.stat().st_mode & 0o777 for path in settings.outbox.iterdir()}
    assert modes == {0o600}
    assert settings.outbox.stat().st_mode & 0o777 == 0o700


def test_a_cause_is_told_once_then_by_rule(settings: Settings) -> None:
    told = []
    for hours in range(0, 24 * 8, 6):
        told += [(hours, one.event) for one in tell(settings, [CAUSE], NOW + hours * HOUR)]
    assert told == [
        (0, "opened"),
        (24, "repeated"),
        (24 + 72, "repeated"),
        (24 + 144, "repeated"),
    ]


def test_rules_of_the_settings_file_hold(settings: Settings, configure) -> None:
    configure("[rules]\nrepeat_after_hours = 2\nthen_every_days = 1\n")
    told = []
    for hours in range(30):
        told += [(hours, one.event) for one in tell(settings, [CAUSE], NOW + hours * HOUR)]
    assert told == [(0, "opened"), (2, "repeated"), (26, "repeated")]


def test_a_changed_subject_is_told_anew(settings: Settings) -> None:
    tell(settings, [CAUSE], NOW)
    less = Cause(CAUSE.key, "【2022-11】姑苏区 退回 1 项", "请把退回包发给姑苏区")
    [letter] = tell(settings, [less], NOW + HOUR)
    assert (letter.event, letter.subject) == ("changed", less.subject)
    assert tell(settings, [less], NOW + 2 * HOUR) == []


def test_the_end_is_told_only_where_somebody_looked(settings: Settings, outbox) -> None:
    tell(settings, [CAUSE], NOW)
    assert tell(settings, [], NOW + HOUR) == []
    assert tell(settings, [], NOW + HOUR, looked_at=("missing/", "returned/2022-10")) == []
    [letter] = tell(settings, [], NOW + HOUR, looked_at=("returned/",))
    assert letter.event == "ended"
    assert letter.subject == "【2022-11】姑苏区 退回 3 项：已结束"
    assert "2022-12-06 09:00起，2022-12-06 10:00查明结束，其间通知 1 次" in letter.text
    assert read_state(settings).causes == {}
    [again] = tell(settings, [CAUSE], NOW + 2 * HOUR)
    assert again.event == "opened"


def test_what_cannot_end_is_told_once(settings: Settings) -> None:
    late = Cause("late/2022-11/gusu", "【2022-11】姑苏区 逾期报送 1 项", "…", happened_once=True)
    assert len(tell(settings, [late], NOW)) == 1
    assert tell(settings, [late], NOW + 10 * DAY, looked_at=("late/",)) == []
    assert tell(settings, [], NOW + 90 * DAY, looked_at=("late/",)) == []
    assert read_state(settings).causes == {}


def test_nothing_personal_is_written(settings: Settings, outbox) -> None:
    cause = Cause(
        "run/2022-11",
        "【2022-11】失败 13812345678",
        "身份证 320501199001011238",
        "手机 138 1234 5678",
        audience="engineers",
    )
    tell(settings, [cause], NOW)
    written = "".join(path.read_text(encoding="utf-8") for path in settings.outbox.glob("2*"))
    assert "5678" not in written
    assert "1990010112" not in written
    assert written.count("〔电话〕") >= 2


def test_a_state_that_cannot_be_read_is_moved_aside(settings: Settings) -> None:
    tell(settings, [CAUSE], NOW)
    (settings.outbox / "state.json").write_text('{"causes": [', encoding="utf-8")
    [letter] = tell(settings, [CAUSE], NOW + HOUR)
    assert letter.event == "opened"
    assert (settings.outbox / "state.json.unreadable").exists()


@pytest.mark.parametrize("fault", ["[rules]\nrepeat = 1\n", "not toml"])
def test_a_settings_file_at_fault_stops_no_message(
    settings: Settings, configure, outbox, fault: str
) -> None:
    configure(fault)
    tell(settings, [CAUSE], NOW)
    [letter] = outbox()
    assert letter.waiting is None  # addressed when the file is right
