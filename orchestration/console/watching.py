"""``fangan watch``: looks once or for ever, and prints what it found and told.

What it looks at is in ``messages``.
"""

from __future__ import annotations

import time
from datetime import datetime

import click

from orchestration.console.output import Record, print_line, print_narrow_table
from orchestration.messages.outbox import local
from orchestration.messages.watch import send_test, watch_once
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings


def watch(settings: Settings) -> Record:
    """Look once; return the messages written now, what is open, and what waits to be sent."""
    watched = watch_once(settings, datetime.now(SUZHOU))
    return {
        "written": [
            {"cause": one.cause, "event": one.event, "subject": one.subject, "id": one.letter_id}
            for one in watched.written
        ],
        "open": [
            {
                "cause": key,
                "subject": cause.subject,
                "severity": cause.severity,
                "audience": cause.audience,
                "since": cause.opened_at,
                "told_at": cause.told_at,
                "told_count": cause.told_count,
            }
            for key, cause in sorted(watched.state.causes.items())
            if not cause.happened_once
        ],
        "failing_channels": {
            name: {"since": one.since, "why": one.reason}
            for name, one in watched.state.failing.items()
        },
        "waiting_count": watched.waiting_count,
        "outbox": str(settings.outbox),
    }


def show(report: Record) -> None:
    """Print what is open, what was told now, and what could not be sent."""
    if report["open"]:
        print_narrow_table(
            f"待处理 {len(report['open'])} 项 open",
            [
                {"起": local(cause["since"]), "通知": cause["told_count"], "事项": cause["subject"]}
                for cause in report["open"]
            ],
            wrapping="事项",
        )
    else:
        click.echo("没有待处理的事项。Nothing is open.")
    click.echo(f"本次写出 {len(report['written'])} 条消息：{report['outbox']}")
    for name, failing in report["failing_channels"].items():
        print_line(f"通道 {name} 自 {local(failing['since'])} 发不出：{failing['why']}", 2)
    if report["waiting_count"]:
        click.echo(f"待发送 {report['waiting_count']} 条，下次再试。To be sent with the next look.")


def watch_for_ever(settings: Settings, every_minutes: int) -> None:
    """Look again and again until interrupted; a look that fails is printed, and the next comes."""
    while True:
        try:
            report = watch(settings)
        except OSError as error:
            click.echo(f"{datetime.now(SUZHOU):%H:%M} {error}", err=True)
        else:
            click.echo(
                f"{datetime.now(SUZHOU):%H:%M} 待处理 {len(report['open'])}，"
                f"写出 {len(report['written'])}，待发送 {report['waiting_count']}"
            )
        time.sleep(60 * every_minutes)


def test(settings: Settings) -> list[Record]:
    """Send a test message to every channel; return each destination with why it failed."""
    found = send_test(settings, datetime.now(SUZHOU))
    return [{"to": name, "why": why} for name, why in found.items()]


def show_test(tested: list[Record]) -> None:
    """Print for each destination whether it took the message."""
    for one in tested:
        print_line(
            f"{one['to']}：{'失败 failed：' + one['why'] if one['why'] else '已发出 sent'}", 0
        )
    if not tested:
        click.echo("没有通道：messages.toml 中没有写。No channel is named in messages.toml")
