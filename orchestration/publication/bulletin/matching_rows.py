"""The rows of ``rpt_code_matching_monthly`` (一房一码) as the bulletin reads them.

As in ``topic_rows``: the fields are the mart's columns in the mart's order. What is said of
them is ``matching_wording``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class CodeMatching:
    """One row of ``rpt_code_matching_monthly``: what became of the building codes.

    Counts are codes, but ``doorplate_count``; shares are fractions, None of too few labels.
    """

    month: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    building_code_count: int
    doorplate_count: int
    matched_exact_code_count: int
    matched_fuzzy_code_count: int
    multi_candidate_code_count: int
    no_candidate_code_count: int
    address_incomplete_code_count: int
    conflicting_code_count: int
    pending_review_code_count: int
    matched_code_count: int
    code_matched_share: Decimal | None
    new_matched_code_count: int | None
    machine_matched_code_count: int
    machine_undecided_code_count: int
    labelled_match_count: int
    correct_match_count: int
    matching_precision_share: Decimal | None
    matching_precision_share_low: Decimal | None
    matching_precision_share_high: Decimal | None
    labelled_undecided_code_count: int
    found_undecided_code_count: int
    estimated_correct_match_count: float | None
    estimated_matchable_code_count: float | None
    matching_recall_share: Decimal | None
    is_total: bool
