"""``messages.toml`` is read strictly: who may read it, every name, every variable it names."""

from __future__ import annotations

import re
import tomllib
from datetime import time

import pytest

from orchestration.choices import ConfigurationError
from orchestration.messages.configuration import Email, Rules, Webhook, load_configuration
from orchestration.settings import PROJECT_ROOT, Settings

MAIL = """
[channels.office]
type = "email"
host = "127.0.0.1"
port = 2525
security = "none"
from = "fangan@example.cn"
to = ["office@example.cn"]
"""


def test_without_the_file_there_is_no_channel(settings: Settings) -> None:
    configuration = load_configuration(settings.messages)
    assert configuration.channels == {}
    assert configuration.rules.digest_at == time(8, 30)


def test_the_whole_file(configure, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PASSWORD", "KEY", "TOKEN", "SECRET"):
        monkeypatch.setenv(f"FANGAN_{name}", "s3cret")
    path = configure(
        '[rules]\ndigest_at = "07:45"\nmin_free_gib = 1.5\n'
        + MAIL
        + 'user = "fangan"\npassword_env = "FANGAN_PASSWORD"\naudience = ["office"]\n'
        + '[channels.group]\ntype = "wecom"\nkey_env = "FANGAN_KEY"\n'
        + '[channels.duty]\ntype = "dingtalk"\ntoken_env = "FANGAN_TOKEN"\n'
        + 'secret_env = "FANGAN_SECRET"\n'
        + '[channels.hook]\ntype = "webhook"\nurl = "https://hooks.example.cn/fangan"\n'
    )
    found = load_configuration(path)
    assert found.rules.digest_at == time(7, 45)
    assert list(found.channels) == ["office", "group", "duty", "hook"]
    office, hook = found.channels["office"], found.channels["hook"]
    assert isinstance(office, Email)
    assert office.from_ == "fangan@example.cn"
    assert isinstance(hook, Webhook)


def test_the_example_is_whole_and_names_every_rule_with_its_default(
    configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (PROJECT_ROOT / "deploy" / "messages.example.toml").read_text(encoding="utf-8")
    for variable in re.findall(r'_env = "(\w+)"', text):
        monkeypatch.setenv(variable, "s3cret")
    found = load_configuration(configure(text))
    assert found.rules == Rules()
    assert set(tomllib.loads(text)["rules"]) == set(Rules.model_fields)
    assert {channel.type for channel in found.channels.values()} == {
        "email",
        "wecom",
        "dingtalk",
        "webhook",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[rule]\n", "rule：没有这个名称，应为 rules"),
        ("[rules]\nrepeat_after_hour = 3\n", "应为 repeat_after_hours"),
        ("[rules]\nrepeat_after_hours = 0\n", "repeat_after_hours"),
        ("[rules]\ndigest_at = 'morning'\n", "digest_at"),
        (MAIL + "recipients = []\n", r"\[channels.office\]: recipients：没有这个名称"),
        (MAIL + "password = 'x'\n", "应为 password_env"),
        (MAIL + "user = 'x'\n", "user 与 password_env 须同时写"),
        (MAIL.replace("office@", "office "), "to.0"),
        (MAIL.replace('"none"', '"tls"'), "security"),
        ("[channels.a]\ntype = 'sms'\n", "只能是 email、wecom、dingtalk、webhook"),
        ("[channels.a]\ntype = 'wecom'\nkey_env = 'NOT_SET_ANYWHERE'\n", "NOT_SET_ANYWHERE"),
        ("[channels.a]\ntype = 'webhook'\n", "url 或 url_env"),
        ("[channels.a]\ntype = 'webhook'\nurl = 'ftp://x'\n", "url"),
        ("channels = 3\n", r"\[channels.名称\]"),
        ("[rules\n", "不是有效的 TOML"),
    ],
)
def test_a_fault_is_named_with_its_place(configure, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        load_configuration(configure(text))


def test_a_secret_in_the_wrong_place_is_not_repeated(configure) -> None:
    path = configure("[channels.a]\ntype = 'wecom'\nkey_env = '693a91f6-7xxx'\n")
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)
    assert "693a91f6" not in str(caught.value)


def test_a_file_that_others_may_read_is_refused(configure) -> None:
    path = configure(MAIL)
    path.chmod(0o640)
    with pytest.raises(ConfigurationError, match=r"0640.*chmod 600"):
        load_configuration(path)


def test_a_named_file_that_is_missing_is_a_fault(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGAN_MESSAGES", str(settings.messages))
    with pytest.raises(ConfigurationError, match="FANGAN_MESSAGES"):
        load_configuration(settings.messages)
