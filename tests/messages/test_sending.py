"""Messages reach real servers on this machine; what fails stays in the outbox and goes later."""

from __future__ import annotations

import base64
import hmac
import json
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from messages.conftest import NOW
from messages.receivers import MailServer, WebServer

from orchestration.messages.causes import Cause
from orchestration.messages.configuration import load_configuration
from orchestration.messages.open_causes import read_state
from orchestration.messages.outbox import tell
from orchestration.messages.sending import send_waiting
from orchestration.messages.watch import send_test
from orchestration.settings import Settings

HOUR = timedelta(hours=1)
CAUSE = Cause(
    "returned/2022-11/gusu", "【2022-11】姑苏区 退回 3 项", "请把退回包发给姑苏区", "· 甲\n· 乙"
)
BROKEN = Cause("disk/home", "【平台】磁盘空间不足", "清理", audience="engineers", severity="error")


def _mail(port: int, *recipients: str, audience: str = "office") -> str:
    listed = ", ".join(f'"{one}"' for one in recipients or ("office@example.cn",))
    return (
        f'[channels.mail]\ntype = "email"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        f'from = "fangan@example.cn"\nto = [{listed}]\naudience = ["{audience}"]\n'
    )


def _hook(url: str) -> str:
    return f'[channels.hook]\ntype = "webhook"\nurl = "{url}/fangan?key=1"\n'


def _send(settings: Settings, now=NOW) -> int:
    return send_waiting(settings, load_configuration(settings.messages), now)


def test_mail_and_webhook_get_what_was_written(
    settings: Settings, configure, outbox, mail: MailServer, web: WebServer
) -> None:
    configure(_mail(mail.port, "a@example.cn", "b@example.cn") + _hook(web.url))
    tell(settings, [CAUSE, BROKEN], NOW)
    assert _send(settings) == 0
    assert [recipients for recipients, _ in mail.mails] == [["a@example.cn"], ["b@example.cn"]]
    assert mail.subjects() == ["【2022-11】姑苏区 退回 3 项"] * 2  # engineers' things go elsewhere
    assert mail.texts()[0].replace("\r", "").strip() == "请把退回包发给姑苏区\n\n· 甲\n· 乙"
    assert mail.mails[0][1]["Auto-Submitted"] == "auto-generated"
    assert {path for path, _ in web.posts} == {"/fangan?key=1"}
    by_cause = {content["cause"]: content for _, content in web.posts}
    assert by_cause["disk/home"]["title"] == "【平台】磁盘空间不足"
    assert by_cause["disk/home"]["severity"] == "error"
    assert by_cause[CAUSE.key]["message"].startswith("请把退回包发给姑苏区\n")
    assert [path.name for path in settings.outbox.glob("2*")] == []
    assert {letter.waiting for letter in outbox()} == {()}
    assert _send(settings) == 0
    assert len(web.posts) == 2  # sent once


def test_a_dead_channel_keeps_its_messages_and_blocks_no_other(
    settings: Settings, configure, outbox, mail: MailServer, web: WebServer
) -> None:
    port, url = mail.port, web.url
    configure(_mail(1) + _hook(url))
    tell(settings, [CAUSE], NOW)
    assert _send(settings) == 1
    [letter] = outbox()
    assert (letter.waiting, list(letter.sent)) == (("mail#1",), ["hook"])
    assert "Connection refused" in letter.attempts[0]["why"]
    assert (settings.outbox / f"{letter.letter_id}.txt").exists()
    assert read_state(settings).failing["mail#1"].since == NOW.isoformat()

    configure(_mail(port) + _hook(url))
    assert _send(settings, NOW + HOUR) == 0
    assert mail.subjects() == [CAUSE.subject]
    assert len(web.posts) == 1
    assert read_state(settings).failing == {}
    assert (settings.outbox / "sent" / f"{letter.letter_id}.json").exists()


def test_a_message_that_a_service_refuses_keeps_no_other_waiting(
    settings: Settings, configure, mail: MailServer
) -> None:
    configure(_mail(mail.port, "gone@example.cn", "office@example.cn"))
    mail.refuses.add("gone@example.cn")
    tell(settings, [CAUSE], NOW)
    assert _send(settings) == 1
    assert [recipients for recipients, _ in mail.mails] == [["office@example.cn"]]
    why = read_state(settings).failing["mail#1"].reason
    assert "no such user" in why
    assert "gone@example.cn" not in why
    tell(settings, [Cause("x", "另一件", "看")], NOW + HOUR)
    _send(settings, NOW + HOUR)
    assert mail.subjects() == [CAUSE.subject, "另一件"]


def test_a_message_is_given_up_in_time(settings: Settings, configure, outbox) -> None:
    configure("[rules]\ngive_up_after_days = 2\n" + _mail(1))
    tell(settings, [CAUSE], NOW)
    assert _send(settings, NOW + 47 * HOUR) == 1
    assert _send(settings, NOW + 49 * HOUR) == 0
    [letter] = outbox()
    assert len(letter.attempts) == 2
    assert (settings.outbox / f"{letter.letter_id}.json").exists()  # kept, and not among the sent


def test_a_message_from_before_the_channel_is_not_sent_to_it(
    settings: Settings, configure, mail: MailServer
) -> None:
    tell(settings, [CAUSE], NOW)
    configure(_mail(mail.port))
    assert _send(settings) == 0
    assert mail.mails == []


def test_messages_written_under_a_faulty_file_go_out_once_it_is_right(
    settings: Settings, configure, mail: MailServer
) -> None:
    configure("[ruels]\n")
    tell(settings, [CAUSE], NOW)
    configure(_mail(mail.port))
    assert _send(settings) == 0
    assert mail.subjects() == [CAUSE.subject]


_SECRET = "SEC10d6e79b42bd94be0d0d603843651aa2ccd7186db6edb"


@pytest.fixture
def robots(configure, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> WebServer:
    """企业微信 and 钉钉, at an address on this machine."""
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.wecombot import NotifyWeComBot

    monkeypatch.setattr(NotifyWeComBot, "notify_url", f"{web.url}/wecom?key={{key}}")
    monkeypatch.setattr(NotifyDingTalk, "notify_url", f"{web.url}/dingtalk?access_token={{token}}")
    monkeypatch.setenv("FANGAN_WECOM_KEY", "wecomkey1")
    monkeypatch.setenv("FANGAN_DINGTALK_TOKEN", "dingtoken1")
    monkeypatch.setenv("FANGAN_DINGTALK_SECRET", _SECRET)
    configure(
        '[channels.group]\ntype = "wecom"\nkey_env = "FANGAN_WECOM_KEY"\n'
        '[channels.duty]\ntype = "dingtalk"\ntoken_env = "FANGAN_DINGTALK_TOKEN"\n'
        'secret_env = "FANGAN_DINGTALK_SECRET"\n'
    )
    return web


def test_robots_get_subject_and_text_and_never_too_much(
    settings: Settings, robots: WebServer
) -> None:
    # four bytes a character, which apprise writes as twelve
    tell(settings, [Cause("a", "【2022-11】姑苏区 退回 3 项", "请看", "𠀀" * 3000)], NOW)
    assert _send(settings) == 0
    for (_, payload), most in zip(robots.posts, (2048, 20_000), strict=True):
        said = payload["text"]["content"]
        assert said.startswith("【2022-11】姑苏区 退回 3 项")
        assert said.endswith("全文在平台的 outbox 中。")
        assert len(said.encode()) <= most
        assert len(json.dumps(payload)) <= 20_000


def test_robots_get_what_their_services_document(settings: Settings, robots: WebServer) -> None:
    """https://developer.work.weixin.qq.com/document/path/91770 and 钉钉's custom-robot-access."""
    tell(settings, [CAUSE], NOW)
    assert _send(settings) == 0
    (wecom, to_wecom), (dingtalk, to_dingtalk) = robots.posts
    text = f"{CAUSE.subject}\r\n{CAUSE.first_line}\n\n{CAUSE.body}"
    assert (wecom, to_wecom) == (
        "/wecom?key=wecomkey1",
        {"msgtype": "text", "text": {"content": text}},
    )
    assert to_dingtalk == {
        "msgtype": "text",
        "text": {"content": text},
        "at": {"atMobiles": [], "isAtAll": False},
    }
    query = parse_qs(urlsplit(dingtalk).query, strict_parsing=True)
    assert query.pop("access_token") == ["dingtoken1"]
    [timestamp], [sign] = query.pop("timestamp"), query.pop("sign")
    assert query == {}
    # as 钉钉 documents it: encoded once in the address, so that reading it gives Base64
    signed = hmac.digest(_SECRET.encode(), f"{timestamp}\n{_SECRET}".encode(), "sha256")
    assert sign == base64.b64encode(signed).decode()
    assert abs(int(timestamp) / 1000 - time.time()) < 3600


def test_a_robots_refusal_is_a_failure_and_names_no_secret(
    settings: Settings, robots: WebServer, outbox
) -> None:
    """Both answer 200 and say so in the text, which apprise by itself takes for success."""
    robots.reply = {"errcode": 93000, "errmsg": "invalid webhook url, key wecomkey1"}
    tell(settings, [CAUSE], NOW)
    assert _send(settings) == 1
    [letter] = outbox()
    whys = [attempt["why"] for attempt in letter.attempts]
    assert all("93000" in why for why in whys)
    assert len(whys) == 2
    assert "wecomkey1" not in whys[0]
    robots.reply = {"errcode": 0}
    assert _send(settings, NOW + HOUR) == 0


def test_passwords_go_to_the_server_as_they_are_and_nowhere_else(
    settings: Settings, configure, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGAN_HOOK", f"{web.url}/hooks/T0p%20Secret?sign=abc")
    configure('[channels.hook]\ntype = "webhook"\nurl_env = "FANGAN_HOOK"\n')
    tell(settings, [CAUSE], NOW)
    web.status = 500
    _send(settings)
    assert "Secret" not in "".join(p.read_text() for p in settings.outbox.glob("*.json"))
    web.status = 200
    assert _send(settings, NOW + HOUR) == 0
    assert web.posts[-1][0].endswith("Secret?sign=abc") or "T0p" in web.posts[-1][0]


def test_an_error_inside_a_library_stops_no_other_channel(
    settings: Settings, configure, outbox, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apprise.plugins.email import NotifyEmail

    def fail(*_: object, **__: object) -> bool:
        raise UnicodeEncodeError("ascii", "the password", 0, 1, "ordinal not in range")

    monkeypatch.setattr(NotifyEmail, "send", fail)
    configure(_mail(1) + _hook(web.url))
    tell(settings, [CAUSE], NOW)
    assert _send(settings) == 1
    [letter] = outbox()
    assert list(letter.sent) == ["hook"]
    assert "the password" not in letter.attempts[0]["why"]


def test_a_test_message_says_which_channel_fails(
    settings: Settings, configure, web: WebServer, mail: MailServer
) -> None:
    configure(_mail(1) + _hook(web.url))
    found = send_test(settings, NOW)
    assert found["hook"] is None
    assert "Connection refused" in str(found["mail#1"])
    assert not list(settings.outbox.glob("2*"))
