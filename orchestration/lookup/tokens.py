"""Bearer tokens of the look-up service: loading and checking them.

The log names a client by a short hash of its token; the token itself is never written. Whether
tokens are required depends on the address the service listens on: see ``need_tokens``.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import stat
from collections.abc import Iterable
from pathlib import Path

#: The length of what ``openssl rand -hex 16`` prints.
MIN_LENGTH = 32
_SCHEME = b"bearer "
_OTHERS_MAY_READ = stat.S_IRGRP | stat.S_IROTH


class TokenError(ValueError):
    """Tokens that do not protect the service; the message says how to correct them."""


def need_tokens(host: str) -> bool:
    """Whether other machines can reach a service that listens on ``host``."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def load_tokens(token: str | None, file: Path | None) -> list[str]:
    """Return the tokens of the environment and of a file (one per line, ``#`` for comments).

    Raises TokenError for a token that is too short or not ASCII, and for a file that other users
    may read.
    """
    lines = [token] if token else []
    if file is not None:
        if file.stat().st_mode & _OTHERS_MAY_READ:
            raise TokenError(f"{file} 可被他人读取；请执行 chmod 600。Other users may read it.")
        lines += file.read_text(encoding="utf-8").splitlines()
    tokens = [text for line in lines if (text := line.partition("#")[0].strip())]
    for number, text in enumerate(tokens, start=1):
        if len(text) < MIN_LENGTH or not text.isascii() or " " in text:
            raise TokenError(
                f"第{number}个令牌须为至少{MIN_LENGTH}个英文字母或数字。"
                f"Token {number} needs {MIN_LENGTH} letters or more: openssl rand -hex 32"
            )
    if file is not None and not tokens:
        raise TokenError(f"{file} 中没有令牌。It has no token: openssl rand -hex 32")
    return tokens


class Tokens:
    """The accepted tokens, stored as hashes; without tokens every client is ``local``."""

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        self._digests = [_digest(token.encode()) for token in tokens]

    def client(self, authorization: bytes | None) -> str | None:
        """Return the client's short name from its Authorization header; None if not accepted.

        The time taken does not depend on the token.
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
