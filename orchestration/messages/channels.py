"""Hands one message to one destination, through apprise.

A destination is a channel of the settings file, or one recipient of a mail channel. apprise knows
the services and keeps up with their changes; add one of its services as a class in
``configuration`` and a branch here. Timeouts are bounded, secrets never appear in a reason.
https://pypi.org/project/apprise/
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from orchestration.library_patches.apprise_robots import mend_robots
from orchestration.messages.configuration import (
    Configuration,
    DingTalk,
    Email,
    Webhook,
    WeCom,
)
from orchestration.messages.letters import Letter

_CONNECT_SECONDS, _READ_SECONDS = 10, 15
#: The most bytes of subject and text. A group robot of 企业微信 takes a text of 2048 bytes; one of
#: 钉钉 takes a request of 20,000, in which apprise writes a character of ours in up to three times
#: its bytes.
_ROBOT_BYTES = {"wecombot": 2000, "dingtalk": 6000}
_CUT = "\n……全文在平台的 outbox 中。"
_REASON_LENGTH = 300
_TYPES = {"info": "info", "warning": "warning", "error": "failure"}


def destinations(configuration: Configuration, letter: Letter) -> tuple[str, ...]:
    """Return the names of the destinations that a message is for, in order."""
    names: list[str] = []
    for name, channel in configuration.channels.items():
        wants = channel.digest if letter.event == "digest" else letter.audience in channel.audience
        if not wants:
            continue
        if isinstance(channel, Email):
            names += [f"{name}#{number}" for number in range(1, len(channel.to) + 1)]
        else:
            names.append(name)
    return tuple(names)


def send(configuration: Configuration, destination: str, letter: Letter) -> str | None:
    """Send a message; return None, or why it failed.

    A destination that the settings no longer have is one that failed for good: ``LookupError``.
    """
    service, secrets = _service(configuration, destination, letter)
    body = letter.text
    if limit := _ROBOT_BYTES.get(service["schema"]):
        body = _cut(letter.text, limit - len(letter.subject.encode()))
    with _overheard() as said:
        try:
            is_sent = _notify(service, letter, body)
        except Exception as error:
            # apprise lets some of a library's errors through (smtplib's for a password that is not
            # ASCII): one destination must not stop the others. What it says may be the secret.
            is_sent = False
            said.append(type(error).__name__)
    return None if is_sent else _reason(said, secrets)


def _notify(service: dict[str, Any], letter: Letter, body: str) -> bool:
    """Hand the message to apprise's class for the service; return whether it was taken.

    The four classes are named here: by the name of a service apprise first loads all of its 130,
    which costs a second.
    """
    # 0.5 s, which commands that send nothing do without
    from apprise import NotifyFormat, NotifyType
    from apprise.plugins.custom_json import NotifyJSON
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.email import NotifyEmail
    from apprise.plugins.wecombot import NotifyWeComBot

    mend_robots()
    classes = {
        "mailto": NotifyEmail,
        "wecombot": NotifyWeComBot,
        "dingtalk": NotifyDingTalk,
        "json": NotifyJSON,
        "jsons": NotifyJSON,
    }
    plugin = classes[service["schema"]](**service)
    return bool(
        plugin.notify(
            title=letter.subject,
            body=body,
            notify_type=NotifyType(_TYPES[letter.severity]),
            body_format=NotifyFormat.TEXT,
        )
    )


def _service(
    configuration: Configuration, destination: str, letter: Letter
) -> tuple[dict[str, Any], list[str]]:
    """Return the destination as apprise takes it, and what no reason may repeat of it."""
    name, _, number = destination.partition("#")
    channel = configuration.channels.get(name)
    common = {"cto": _CONNECT_SECONDS, "rto": _READ_SECONDS}
    if isinstance(channel, Email) and int(number) <= len(channel.to):
        recipient = channel.to[int(number) - 1]
        password = os.environ[channel.password_env] if channel.password_env else ""
        return _mail(channel, recipient, letter) | common, [recipient, password]
    if isinstance(channel, WeCom):
        key = os.environ[channel.key_env]
        return {"schema": "wecombot", "key": key} | common, [key]
    if isinstance(channel, DingTalk):
        token = os.environ[channel.token_env]
        secret = os.environ[channel.secret_env] if channel.secret_env else ""
        service = {"schema": "dingtalk", "token": token, "secret": secret or None}
        return service | common, [token, secret]
    if isinstance(channel, Webhook):
        address = os.environ[channel.url_env] if channel.url_env else channel.url or ""
        secrets = _parts(address) if channel.url_env else [urlsplit(address).password or ""]
        return _webhook(address, letter) | common, secrets
    raise LookupError(destination)


def _mail(channel: Email, recipient: str, letter: Letter) -> dict[str, Any]:
    login = {}
    if channel.user and channel.password_env:
        # apprise takes both as they stand in an address
        login = {"user": quote(channel.user), "password": quote(os.environ[channel.password_env])}
    return login | {
        "schema": "mailto",
        "host": channel.host,
        "smtp_host": channel.host,
        "port": channel.port,
        "secure_mode": {"none": "insecure"}.get(channel.security, channel.security),
        "from_addr": f"房安 <{channel.from_}>",
        "targets": [recipient],
        "format": "text",
        # so that no out-of-office answer comes back (RFC 3834)
        "headers": {"Auto-Submitted": "auto-generated", "X-Fangan-Message": letter.letter_id},
    }


def _webhook(address: str, letter: Letter) -> dict[str, Any]:
    parts = urlsplit(address)
    service: dict[str, Any] = {
        "schema": "jsons" if parts.scheme == "https" else "json",
        "host": parts.hostname,
        "port": parts.port,
        "fullpath": parts.path or "/",
        "params": dict(parse_qsl(parts.query)),
        "payload": {
            "id": letter.letter_id,
            "cause": letter.cause,
            "event": letter.event,
            "severity": letter.severity,
            "audience": letter.audience,
            "written_at": letter.written_at,
        },
    }
    if parts.username:
        service |= {"user": parts.username, "password": parts.password or ""}
    return service


def _parts(address: str) -> list[str]:
    """Return what must not appear of an address that is itself a secret."""
    parts = urlsplit(address)
    return [address, parts.path.strip("/"), parts.query, parts.password or ""]


def _cut(text: str, limit: int) -> str:
    """Return the text within a number of bytes; what is cut is said.

    >>> _cut("退回", 100), len(_cut("退回" * 100, 100).encode()) <= 100
    ('退回', True)
    """
    if len(text.encode()) <= limit:
        return text
    room = limit - len(_CUT.encode())
    return text.encode()[:room].decode(errors="ignore") + _CUT


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Collect what apprise logs while the block runs; nobody else hears it, it names secrets."""
    said: list[str] = []

    class _Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = record.getMessage()
            if record.levelno >= logging.WARNING or text.startswith("Socket Exception"):
                said.append(text)

    logger, ear = logging.getLogger("apprise"), _Ear()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(ear)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(ear)
        logger.setLevel(level)
        logger.propagate = propagate


def _reason(said: list[str], secrets: list[str]) -> str:
    text = "；".join(said) or "apprise gave no reason"
    for secret in filter(None, secrets):
        text = text.replace(secret, "***").replace(quote(secret), "***")
    return " ".join(text.split())[:_REASON_LENGTH]
