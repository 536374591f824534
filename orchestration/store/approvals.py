"""Whether what one person decides was approved by another, where the office demands that.

Names are compared as people read them: without case, width, blanks and invisible characters.
Whether a second person is needed is in ``settings``; what is decided is the caller's.
"""

from __future__ import annotations

import unicodedata


def approval_refusal(name: str, approver: str | None, approvals: int) -> str | None:
    """Return why a decision of ``name`` may not be taken, in Chinese and English, or None.

    ``approvals`` is how many persons it takes, 1 or 2.
    """
    first, second = _folded(name), _folded(approver or "")
    for given, option in ((name, "--reviewer or --drawn-by"), (approver, "--approver")):
        if given is not None and not _folded(given):
            return f"姓名无效：{given!r}。That is no name of a person: {option} NAME"
    if approvals > 1 and approver is None:
        return (
            f"须由另一人批准：要求 {approvals} 人，现有 1 人。"
            f"It takes {approvals} persons and there is 1: --approver NAME"
        )
    if first == second:
        return (
            f"批准人须是另一人：{approver} 与 {name} 是同一人。"
            "Nobody approves what he decides himself: give another name with --approver"
        )
    return None


def _folded(name: str) -> str:
    """Return a name without what a reader does not see; empty if no letter is left."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    seen = "".join(c for c in plain if unicodedata.category(c)[0] not in "CZ")
    return seen if any(c.isalnum() for c in seen) else ""
