"""``fangan watch``: looks without Dagster, tells, sends again, greets in the morning."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from deliver import OCTOBER
from messages.receivers import MailServer

from orchestration.cli import cli, main
from orchestration.console.exit_codes import FINDINGS, USAGE
from orchestration.messages import events
from orchestration.messages.watch import watch_once
from orchestration.reference.calendar import SUZHOU
from orchestration.settings import Settings

MORNING = datetime(2022, 11, 4, 8, 31, tzinfo=SUZHOU)
MAIL = (
    '[channels.mail]\ntype = "email"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
    'from = "fangan@example.cn"\nto = ["office@example.cn"]\n'
)


def test_it_needs_no_dagster(settings: Settings) -> None:
    script = (
        "import sys\n"
        "sys.argv = ['fangan', 'watch', '--once', '--json']\n"
        "from orchestration.cli import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    known = {name.split('.')[0] for name in sys.modules}\n"
        "    print(sorted(known & {'dagster', 'dagster_dbt', 'great_expectations', 'apprise'}))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert ran.stdout.splitlines()[-1] == "[]", ran.stderr
    report = json.loads(ran.stdout.rpartition("[")[0])
    assert report["waiting_count"] == 0
    assert ran.returncode == (FINDINGS if report["open"] else 0)


def test_the_digest_comes_once_a_morning_and_says_what_comes_next(
    settings: Settings, configure, mail: MailServer
) -> None:
    configure(MAIL.format(port=mail.port) + "[rules]\nbackup_every_days = 0\nmin_free_gib = 0\n")
    watch_once(settings, MORNING - timedelta(minutes=10))
    assert mail.mails == []
    for minutes in (0, 5, 600):
        watch_once(settings, MORNING + timedelta(minutes=minutes))
    assert mail.subjects() == ["【日报】2022年11月4日 一切正常"]
    assert "2022年10月：报送截止 11-05 18:00（1 天后）。" in mail.texts()[0]
    watch_once(settings, MORNING + timedelta(days=1))
    assert len(mail.mails) == 2


def test_the_digest_lists_what_is_open(settings: Settings, configure, mail: MailServer) -> None:
    configure(MAIL.format(port=mail.port) + "[rules]\nmin_free_gib = 0\n")
    events.run_ended(settings, OCTOBER, MORNING - timedelta(hours=2), "marts: OSError")
    assert mail.subjects() == ["【2022-10】统计运行失败"]
    assert "marts: OSError" in mail.texts()[0]
    watched = watch_once(settings, MORNING)
    assert [letter.event for letter in watched.written] == ["digest"]
    assert mail.subjects()[-1] == "【日报】2022年11月4日 待处理 1 项"
    assert "· 【2022-10】统计运行失败（2022-11-04 06:31起）" in mail.texts()[-1]
    again = watch_once(settings, MORNING + timedelta(hours=23)).written
    assert [letter.event for letter in again] == ["repeated"]
    assert again[0].text.startswith("请查明原因后重跑：fangan month 2022-10。")
    events.run_ended(settings, OCTOBER, MORNING + timedelta(days=1), None)
    assert mail.subjects()[-1] == "【2022-10】统计运行失败：已结束"


def test_what_could_not_be_sent_goes_with_a_later_look(
    settings: Settings, configure, mail: MailServer
) -> None:
    configure(MAIL.format(port=1))
    events.run_ended(settings, OCTOBER, MORNING, "marts: OSError")
    assert watch_once(settings, MORNING - timedelta(minutes=9)).waiting_count == 1
    configure(MAIL.format(port=mail.port))
    assert watch_once(settings, MORNING - timedelta(minutes=4)).waiting_count == 0
    assert mail.subjects() == ["【2022-10】统计运行失败"]


def test_releases_and_verifications_are_told_and_end(settings: Settings, outbox) -> None:
    def told() -> list[str]:
        return [f"{letter.event} {letter.subject}" for letter in outbox()]

    events.release_ended(settings, OCTOBER, MORNING, ["姑苏区数据不全", "高新区数据不全"])
    events.verification_ended(settings, None, MORNING, 2)
    events.verification_ended(settings, OCTOBER, MORNING, 0)
    assert sorted(told()) == [
        "opened 【2022-10】发布被拒绝 2 条",
        "opened 【平台】核验发现 2 处损坏",
    ]
    later = MORNING + timedelta(hours=1)
    events.release_ended(settings, OCTOBER, later, [])
    events.verification_ended(settings, None, later, 0)
    assert sorted(told())[:2] == [
        "ended 【2022-10】发布被拒绝 2 条：已结束",
        "ended 【平台】核验发现 2 处损坏：已结束",
    ]


def test_a_ledger_that_cannot_be_opened_is_told(settings: Settings, outbox) -> None:
    settings.ledger.write_bytes(b"no database" * 1000)
    watch_once(settings, MORNING - timedelta(hours=1))
    assert "【平台】记录库打不开" in [letter.subject for letter in outbox()]


def test_a_bad_settings_file_ends_with_2_and_says_where(
    settings: Settings, configure, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    path = configure("[rules]\ndigest = '08:00'\n")
    monkeypatch.setattr(sys, "argv", ["fangan", "watch", "--once"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == USAGE
    error = capsys.readouterr().err
    assert f"{path}: [rules]: digest：没有这个名称，应为 digest_at？" in error


def test_the_test_message_ends_with_1_where_a_channel_fails(
    settings: Settings, configure, capsys
) -> None:
    configure(MAIL.format(port=1))
    assert cli.main(["watch", "--test"], standalone_mode=False) == FINDINGS
    assert "mail#1：失败 failed" in capsys.readouterr().out
