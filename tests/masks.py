"""Deciding by the rules' masks alone, which is quick, where Great Expectations is not the matter.

That the two agree on every rule is shown by ``expectations/test_masks_agree.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

from expectations.suites import Decision, Inquiry


def decide_by_mask(inquiries: Sequence[Inquiry]) -> list[list[Decision]]:
    """Return what Great Expectations would decide."""
    return [
        [
            Decision(clause, not clause.failing(inquiry.frame).any(), None)
            for clause in inquiry.clauses
        ]
        for inquiry in inquiries
    ]
