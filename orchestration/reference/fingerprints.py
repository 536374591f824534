"""Fingerprints in two parts, what a result was made from and by which program: ``inputs-program``.

A result whose program alone has changed is stale: still what was delivered, and nothing that a
machine should make again unasked. What goes into either part is said where a fingerprint is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_PARTED_BY = "-"
_LENGTH = 16


def fingerprint(inputs: Iterable[str], program: Iterable[str]) -> str:
    """Return the fingerprint of these inputs and this program.

    >>> made = fingerprint(["report.xlsx"], ["0.3.0"])
    >>> inputs_of(made) == inputs_of(fingerprint(["report.xlsx"], ["0.4.0"]))
    True
    """
    return _PARTED_BY.join(map(_digest, (inputs, program)))


def inputs_of(made: str) -> str | None:
    """Return the part that stands for the inputs; None if it was made before there were parts."""
    inputs, parted, _ = made.partition(_PARTED_BY)
    return inputs if parted else None


def program_of(made: str) -> str:
    """Return the part that stands for the program; all of it if it was made before parts."""
    return made.rpartition(_PARTED_BY)[2]


def carried_over(former: str, made: str) -> str:
    """Return a fingerprint of the inputs of ``made`` and the program of ``former``."""
    return f"{inputs_of(made)}{_PARTED_BY}{program_of(former)}"


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:_LENGTH]
