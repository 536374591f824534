"""The morning digest: what is open, what comes next; that it arrives says that the platform lives.

It goes out once a day after the time in the settings, also where nothing is wrong. Add a line here
that a person wants to see every morning; what needs an act is a cause.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from orchestration.messages.configuration import Rules
from orchestration.messages.letters import Letter, compose
from orchestration.messages.open_causes import State
from orchestration.messages.outbox import local
from orchestration.publication.status.facts import MonthStatus
from orchestration.reference import vocabulary
from orchestration.reference.calendar import SUZHOU, month_calendar
from orchestration.reference.months import Month, chinese_date

_STEPS = (
    ("deadline", "报送截止"),
    ("run", "统计"),
    ("review", "复核"),
    ("release", vocabulary.RELEASE_ACTIONS["release"]),
)
_CAUSES_TOLD = 30


def is_due(state: State, rules: Rules, now: datetime) -> bool:
    """Whether today's digest has not been written yet, and its time has come."""
    here = now.astimezone(SUZHOU)
    return here.time() >= rules.digest_at and state.digest_on != str(here.date())


def digest(
    state: State, statuses: Sequence[MonthStatus], waiting_count: int, now: datetime
) -> Letter:
    """Return the digest; ``waiting_count`` is how many messages could not be sent yet."""
    here = now.astimezone(SUZHOU)
    lines = [
        *_next_steps(here),
        "",
        *_deliveries(statuses),
        "",
        *_open(state),
        *([f"待发送的消息：{waiting_count} 条。"] if waiting_count else []),
        "",
        "每天早上发送；没有收到，说明平台或通道停了。If this does not come, look at the platform.",
    ]
    asking = sum(not cause.happened_once for cause in state.causes.values())
    what = f"待处理 {asking} 项" if asking else "一切正常"
    return compose(
        f"digest/{here.date()}",
        "digest",
        f"【日报】{chinese_date(here.date())} {what}",
        "\n".join(lines),
        "info",
        "office",
        now,
    )


def _next_steps(here: datetime) -> Iterator[str]:
    """Yield the next steps of the month that is under way."""
    month = Month.of(here.date()).previous
    for ahead in (0, 1):
        calendar = month_calendar(month.shift(ahead))
        steps = [(name, getattr(calendar, step)) for step, name in _STEPS]
        coming = [(name, at) for name, at in steps if at > here]
        if coming:
            name, at = coming[0]
            days = (at.date() - here.date()).days
            when = "今天" if days == 0 else f"{days} 天后"
            yield f"{calendar.month.chinese}：{name} {at:%m-%d %H:%M}（{when}）。"
            return


def _deliveries(statuses: Sequence[MonthStatus]) -> Iterator[str]:
    for status in statuses[-2:]:
        states = Counter(place.state for place in status.places)
        known = [s for s in vocabulary.STATES for _ in range(states[s])]
        late = sum(place.is_late for place in status.places)
        released = status.release_state
        shown = vocabulary.VINTAGE_STATES[released] if released else "未发布"
        yield f"{status.month.chinese}：{vocabulary.owed_text(known, late)}；{shown}。"


def _open(state: State) -> Iterator[str]:
    asking = [cause for cause in state.causes.values() if not cause.happened_once]
    if not asking:
        yield "没有待处理的事项。Nothing is open."
        return
    yield f"待处理 {len(asking)} 项："
    for cause in sorted(asking, key=lambda one: one.opened_at)[:_CAUSES_TOLD]:
        yield f"· {cause.subject}（{local(cause.opened_at)}起）"
    if len(asking) > _CAUSES_TOLD:
        yield f"……其余 {len(asking) - _CAUSES_TOLD} 项见 fangan watch --once --json"
