"""A cause: one thing that a person must know of, or do something about.

Where causes are found is in ``delivery_causes``, ``release_causes``, ``machine_causes`` and
``events``; when they are told is in ``outbox``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warning", "error"]
#: Who must act: the office that talks with districts and releases, or who runs the platform.
Audience = Literal["office", "engineers"]


@dataclass(frozen=True)
class Cause:
    """One thing to tell. ``key`` is the same as long as it is the same thing.

    ``subject`` says where and what, such as 「【2022-10】姑苏区 退回 3 项」; a changed subject is
    told anew, so a number that changes by itself does not belong in it. ``first_line`` says what
    to do. ``happened_once`` is for what cannot end: told once, without an all-clear.
    """

    key: str
    subject: str
    first_line: str
    body: str = ""
    severity: Severity = "warning"
    audience: Audience = "office"
    happened_once: bool = False
