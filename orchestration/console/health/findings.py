"""What a check of ``fangan doctor`` returns: one record, with the command that mends a fault.

``ok`` is fine, ``note`` worth knowing, ``fault`` stops or endangers the next run.
"""

from __future__ import annotations

from orchestration.console.output import Record


def ok(check: str, detail: str) -> Record:
    """Return the record of a check that found nothing wrong."""
    return _record(check, "ok", detail, "")


def note(check: str, detail: str, remedy: str = "") -> Record:
    """Return the record of something that does not stop a run."""
    return _record(check, "note", detail, remedy)


def fault(check: str, detail: str, remedy: str) -> Record:
    """Return the record of a fault, and how to mend it."""
    return _record(check, "fault", detail, remedy)


def _record(check: str, state: str, detail: str, remedy: str) -> Record:
    return {"check": check, "state": state, "detail": detail, "remedy": remedy}
