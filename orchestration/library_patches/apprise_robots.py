"""apprise's plugins for the robots of 企业微信 and 钉钉: replies read, and signed as 钉钉 asks.

``requests`` is replaced in these two modules only, by one whose ``post`` mends two things:

- Both services answer HTTP 200 also when they refuse (a revoked key, a missing keyword, too many
  messages) and say so in ``errcode``; apprise 2.3 looks at the status alone, so the message would
  be lost in silence. An error is raised that the plugins already treat as a failure.
- 钉钉 wants its signature encoded once in the address. apprise encodes it, and ``requests`` again,
  so that 钉钉 refuses it (310000, sign not match) whenever it has a +, a / or the final =: always.

Remove either once apprise does it. https://open.dingtalk.com/document/robots/custom-robot-access
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import unquote


def mend_robots() -> None:
    """Let both plugins post in our way. Calling it again changes nothing."""
    from apprise.plugins import dingtalk, wecombot

    for plugin in (dingtalk, wecombot):
        if isinstance(plugin.requests, ModuleType):
            plugin.requests = SimpleNamespace(  # type: ignore[attr-defined]
                post=_post,
                codes=plugin.requests.codes,
                RequestException=plugin.requests.RequestException,
            )


def _post(*arguments: Any, params: Mapping[str, str] | None = None, **options: Any) -> Any:
    import requests

    if params and "sign" in params:
        params = {**params, "sign": unquote(params["sign"])}
    reply = requests.post(*arguments, params=params, **options)  # noqa: S113 - the plugin gives the timeout
    try:
        said = reply.json()
    except ValueError:
        said = {}
    code = said.get("errcode", 0) if isinstance(said, dict) else 0
    if reply.ok and code:
        raise requests.RequestException(f"errcode {code}: {said.get('errmsg', '')}")
    return reply
