"""apprise takes a robot's refusal for success; here its 企业微信 and 钉钉 plugins read the reply.

Both services answer HTTP 200 also when they refuse (a revoked key, a missing keyword, too many
messages) and say so in ``errcode``; apprise 2.3 looks at the status alone, so the message would
be lost in silence. ``requests`` is replaced in these two modules only, by one whose ``post``
raises the error that the plugins already treat as a failure. Remove it once apprise reads
``errcode``.
"""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any


def read_replies() -> None:
    """Let both plugins fail where the service says so. Calling it again changes nothing."""
    from apprise.plugins import dingtalk, wecombot

    for plugin in (dingtalk, wecombot):
        if isinstance(plugin.requests, ModuleType):
            plugin.requests = SimpleNamespace(  # type: ignore[attr-defined]
                post=_post,
                codes=plugin.requests.codes,
                RequestException=plugin.requests.RequestException,
            )


def _post(*arguments: Any, **options: Any) -> Any:
    import requests

    reply = requests.post(*arguments, **options)  # noqa: S113 - the plugin gives the timeout
    try:
        said = reply.json()
    except ValueError:
        said = {}
    code = said.get("errcode", 0) if isinstance(said, dict) else 0
    if reply.ok and code:
        raise requests.RequestException(f"errcode {code}: {said.get('errmsg', '')}")
    return reply
