"""Checks that a second person approved a decision, where the office requires it.

Names are compared as people read them: case, width, blanks and invisible characters are ignored.
``settings`` says whether a second person is needed; the decision itself is the caller's.
"""

from __future__ import annotations

import unicodedata


def approval_refusal(name: str, approver: str | None, approvals: int) -> str | None:
    """Return why ``name`` may not make this decision, in Chinese and English, or None.

    ``approvals`` is the number of people required, 1 or 2.
    """
    first, second = _folded(name), _folded(approver or "")
    for given, option in ((name, "--reviewer or --drawn-by"), (approver, "--approver")):
        if given is not None and not _folded(given):
            return f"姓名无效：{given!r}。This is not a person's name: {option} NAME"
    if approvals > 1 and approver is None:
        return (
            f"须由另一人批准：要求 {approvals} 人，现有 1 人。"
            f"{approvals} people are required and only 1 is named: add --approver NAME"
        )
    if first == second:
        return (
            f"批准人须是另一人：{approver} 与 {name} 是同一人。"
            "Nobody can approve their own decision: give another name with --approver"
        )
    return None


def _folded(name: str) -> str:
    """Return a name without the characters a reader does not see; empty if nothing is left."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    seen = "".join(c for c in plain if unicodedata.category(c)[0] not in "CZ")
    return seen if any(c.isalnum() for c in seen) else ""
