"""Bearer tokens of the look-up service: where they come from and how one is recognised.

A token is known by a short hash of it in the log; it is never written anywhere. Whether one is
needed is decided by the address that is listened on: see ``need_tokens``.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import stat
from collections.abc import Iterable
from pathlib import Path

#: As long as what ``openssl rand -hex 16`` prints.
MIN_LENGTH = 32
_SCHEME = b"bearer "
_OTHERS_MAY_READ = stat.S_IRGRP | stat.S_IROTH


class TokenError(ValueError):
    """Tokens that cannot protect anything; the message says what to mend."""


def need_tokens(host: str) -> bool:
    """Whether others than this machine can reach what listens on ``host``."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def load_tokens(token: str | None, file: Path | None) -> list[str]:
    """Return the tokens of the environment and of a file, one a line, ``#`` before a remark.

    Raises TokenError for a token that is too short or not plain ASCII, and for a file that
    others than its owner may read.
    """
    lines = [token] if token else []
    if file is not None:
        if file.stat().st_mode & _OTHERS_MAY_READ:
            raise TokenError(f"{file} 可被他人读取；请执行 chmod 600。Others may read it.")
        lines += file.read_text(encoding="utf-8").splitlines()
    tokens = [text for line in lines if (text := line.partition("#")[0].strip())]
    for number, text in enumerate(tokens, start=1):
        if len(text) < MIN_LENGTH or not text.isascii() or " " in text:
            raise TokenError(
                f"第{number}个令牌须为至少{MIN_LENGTH}个英文字母或数字。"
                f"Token {number} needs {MIN_LENGTH} letters or more: openssl rand -hex 32"
            )
    if file is not None and not tokens:
        raise TokenError(f"{file} 中没有令牌。It holds no token: openssl rand -hex 32")
    return tokens


class Tokens:
    """The accepted tokens, kept as hashes; without any, everybody is let in as ``local``."""

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        self._digests = [_digest(token.encode()) for token in tokens]

    def client(self, authorization: bytes | None) -> str | None:
        """Return who asks, from the Authorization header; None if the token is not accepted.

        Takes the same time whichever token it is, and whether or not it is one.
        """
        if not self._digests:
            return "local"
        given = authorization or b""
        is_bearer = given[: len(_SCHEME)].lower() == _SCHEME
        digest = _digest(given[len(_SCHEME) :].strip())
        found = [hmac.compare_digest(digest, known) for known in self._digests]
        return digest[:8].decode() if is_bearer and any(found) else None


def _digest(token: bytes) -> bytes:
    return hashlib.sha256(token).hexdigest().encode()
