"""``messages.toml``: which channels carry messages, and the rules for telling.

Without the file nothing leaves the machine. It lies in the home, or where ``FANGAN_MESSAGES``
says, readable by its owner only; secrets are in the environment variables that it names. Add an
option here, with its default; every unknown one is refused with the closest known name.
"""

from __future__ import annotations

import os
import stat
import tomllib
from datetime import time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from orchestration.choices import ConfigurationError
from orchestration.messages.causes import Audience

_EVERYBODY: tuple[Audience, ...] = ("office", "engineers")
_Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Rules(_Strict):
    """When open causes are told again, when a message is given up, when the digest goes out.

    ``release_waiting`` off suits an office that does not release by this platform; ``daemon`` off
    one that runs months by hand. ``backup_every_days`` 0 tells nothing about backups. A month that
    is due and that nothing has run for ``due_after_hours`` is told.
    """

    repeat_after_hours: int = Field(default=24, ge=1)
    then_every_days: int = Field(default=3, ge=1)
    give_up_after_days: int = Field(default=7, ge=1)
    digest_at: time = time(8, 30)
    min_free_gib: float = Field(default=5, ge=0)
    backup_every_days: int = Field(default=7, ge=0)
    silent_after_minutes: int = Field(default=10, ge=2)
    due_after_hours: int = Field(default=6, ge=1)
    remind_for_days: int = Field(default=60, ge=1)
    release_waiting: bool = True
    daemon: bool = True

    @property
    def remind_for(self) -> timedelta:
        """How long after its deadline, or after anything new, a month is still talked about."""
        return timedelta(days=self.remind_for_days)

    @property
    def repeat_after(self) -> timedelta:
        """How long after the first message of a cause the second one follows."""
        return timedelta(hours=self.repeat_after_hours)

    @property
    def then_every(self) -> timedelta:
        """How long after each further message the next one follows."""
        return timedelta(days=self.then_every_days)


class _Channel(_Strict):
    audience: tuple[Audience, ...] = _EVERYBODY
    digest: bool = True


class Email(_Channel):
    """Mail by SMTP; every recipient gets a message of their own."""

    type: Literal["email"]
    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "ssl", "none"] = "starttls"
    user: str | None = None
    password_env: _Variable | None = None
    from_: str = Field(alias="from", pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    to: tuple[Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")], ...] = Field(min_length=1)


class WeCom(_Channel):
    """A group robot of 企业微信; the variable holds its key."""

    type: Literal["wecom"]
    key_env: _Variable


class DingTalk(_Channel):
    """A group robot of 钉钉; the variables hold its token and the secret it signs with."""

    type: Literal["dingtalk"]
    token_env: _Variable
    secret_env: _Variable | None = None


class Webhook(_Channel):
    """Any service that takes JSON by POST; ``url_env`` where the address is itself a secret."""

    type: Literal["webhook"]
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    url_env: _Variable | None = None


Channel = Annotated[Email | WeCom | DingTalk | Webhook, Field(discriminator="type")]
_KINDS: dict[str, type[_Channel]] = {
    "email": Email,
    "wecom": WeCom,
    "dingtalk": DingTalk,
    "webhook": Webhook,
}


class Configuration(_Strict):
    """The whole file: the rules, and the channels by the name the office gave them."""

    rules: Rules = Rules()
    channels: dict[str, Email | WeCom | DingTalk | Webhook] = Field(default_factory=dict)


def load_configuration(path: Path) -> Configuration:
    """Read the file; without it the default rules and no channel.

    Raises ConfigurationError if ``FANGAN_MESSAGES`` names a file that is not there, if other users
    may read it, if it is no TOML, names an unknown option, or a variable that is not set.
    """
    if not path.is_file():
        if os.environ.get("FANGAN_MESSAGES") == str(path):
            raise ConfigurationError(f"没有 {path}（FANGAN_MESSAGES）。The file is missing")
        return Configuration()
    _refuse_readable(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} 不是有效的 TOML。It is not TOML: {error}") from error
    configuration = Configuration(
        rules=_checked(Rules, content.pop("rules", {}), f"{path}: [rules]"),
        channels={
            name: _channel(settings, f"{path}: [channels.{name}]")
            for name, settings in _tables(content.pop("channels", {}), path)
        },
    )
    for name in content:
        raise ConfigurationError(_unknown(name, ("rules", "channels"), str(path)))
    return configuration


def _refuse_readable(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise ConfigurationError(
            f"{path} 权限为 {mode:04o}，其他用户可读，须为 0600：chmod 600 {path}。"
            "Other users may read it"
        )


def _tables(channels: Any, path: Path) -> list[tuple[str, Any]]:
    if not isinstance(channels, dict):
        raise ConfigurationError(f"{path}: 通道须写成 [channels.名称]。Write [channels.NAME]")
    return list(channels.items())


def _channel(settings: Any, place: str) -> Any:
    kind = settings.get("type") if isinstance(settings, dict) else None
    if kind not in _KINDS:
        known = "、".join(_KINDS)
        raise ConfigurationError(f"{place}: type = {kind!r}，只能是 {known}。Choose one of these")
    channel: Any = _checked(_KINDS[kind], settings, place)
    if isinstance(channel, Webhook) and (channel.url is None) == (channel.url_env is None):
        raise ConfigurationError(f"{place}: 写 url 或 url_env 之一。Give url or url_env")
    if isinstance(channel, Email) and (channel.user is None) != (channel.password_env is None):
        raise ConfigurationError(f"{place}: user 与 password_env 须同时写。Give both or neither")
    for field in ("password_env", "key_env", "token_env", "secret_env", "url_env"):
        variable = getattr(channel, field, None)
        if variable and not os.environ.get(variable):
            raise ConfigurationError(
                f"{place}: 环境变量 {variable} 没有设置（{field}）。The variable is not set"
            )
    return channel


def _checked(model: type[BaseModel], settings: Any, place: str) -> Any:
    """Return the validated model; raise ConfigurationError for its first fault."""
    try:
        return TypeAdapter(model).validate_python(settings)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            fields = [field.alias or name for name, field in model.model_fields.items()]
            raise ConfigurationError(_unknown(key, fields, place)) from error
        # the value stays out: it may be a secret in the wrong place
        raise ConfigurationError(f"{place}: {key}：{fault['msg']}") from error


def _unknown(name: str, known: Any, place: str) -> str:
    [close] = get_close_matches(name, known, 1, 0)
    return f"{place}: {name}：没有这个名称，应为 {close}？Unknown; is it {close}?"
