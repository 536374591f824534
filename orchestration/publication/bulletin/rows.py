"""The rows a bulletin is made of, one frozen class for each mart it reads.

Field names are the marts' column names, in the marts' order: the loader selects by them and the
workbook prints them as headers. Add a field when a mart's new column belongs in the bulletin.
Sentences are made in ``wording``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from orchestration.reference.districts import CITY_ID
from orchestration.reference.vocabulary import SIMULATED

Basis = Literal["ledger", "reported", "missing", "mixed"]
State = Literal["missing", "accepted", "accepted_with_quarantine", "refused"]
Severity = Literal["refuse", "quarantine", "warn", "info"]
Outcome = Literal["pass", "fail", "not_applicable", "error"]
WaiverStatus = Literal["applied", "unused"]
CorrectionStatus = Literal["applied", "not_applied", "stale"]


@dataclass(frozen=True)
class DistrictFigures:
    """One row of the bulletin's table: a district, or the city as the total.

    Counts are integers, areas exact decimals in 万㎡ (rounded once, in the mart) and ㎡; every
    measure is None where nothing counts for the district, which is not zero.
    """

    month: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    surveyed_building_count: int | None
    surveyed_floor_area_10k_m2: Decimal | None
    surveyed_floor_area_m2: Decimal | None
    suspected_complaint_count: int | None
    suspected_patrol_count: int | None
    verified_count: int | None
    completed_count: int | None
    survey_basis: Basis
    case_basis: Basis
    is_partial: bool
    status: str
    vintage: int
    is_total: bool

    @property
    def is_city(self) -> bool:
        """Whether this is the total row."""
        return self.district_id == CITY_ID

    @property
    def printed(self) -> tuple[int | Decimal | None, ...]:
        """The six measures in the order of the bulletin's columns."""
        return (
            self.surveyed_building_count,
            self.surveyed_floor_area_10k_m2,
            self.suspected_complaint_count,
            self.suspected_patrol_count,
            self.verified_count,
            self.completed_count,
        )

    @property
    def suspected_count(self) -> int | None:
        """Suspected cases of both channels together; None where either is missing."""
        if self.suspected_complaint_count is None or self.suspected_patrol_count is None:
            return None
        return self.suspected_complaint_count + self.suspected_patrol_count

    @property
    def mean_floor_area_m2(self) -> Decimal | None:
        """Exact ㎡ per surveyed building; None without buildings or without area."""
        if not self.surveyed_building_count or self.surveyed_floor_area_m2 is None:
            return None
        return self.surveyed_floor_area_m2 / self.surveyed_building_count


@dataclass(frozen=True)
class Delivery:
    """One row of ``rpt_delivery``: what a district delivered of one kind, or that it did not."""

    month: date
    district_id: str
    district_code: str
    district_name: str
    kind: str
    state: State
    due_at: datetime
    version: int | None
    sha256: str | None
    file_name: str | None
    as_at: date | None
    arrived_at: datetime | None
    first_arrived_at: datetime | None
    days_late: int | None
    is_late: bool | None
    row_count: int | None
    accepted_count: int | None
    quarantined_count: int | None
    itemised_count: int | None

    @property
    def is_accepted(self) -> bool:
        """Whether its accepted rows count."""
        return self.state in ("accepted", "accepted_with_quarantine")

    @property
    def is_simulated(self) -> bool:
        """Whether it is accepted and its file name says 模拟."""
        return self.is_accepted and SIMULATED in (self.file_name or "")


@dataclass(frozen=True)
class Verdict:
    """One row of ``rpt_verdict``: what one rule said of one delivery."""

    month: date
    district_id: str
    district_code: str
    district_name: str
    kind: str
    rule_id: str
    dimension: str
    severity: Severity
    outcome: Outcome
    failing_count: int | None
    checked_count: int | None
    reason: str | None


@dataclass(frozen=True)
class Finding:
    """One row of ``rpt_finding``: one failing cell, named without its value."""

    month: date
    district_id: str
    district_code: str
    district_name: str
    kind: str
    rule_id: str
    severity: Severity
    dimension: str
    file_name: str | None
    sheet: str | None
    row_number: int | None
    cell: str | None
    field: str | None
    record_key: str | None
    message: str | None
    remedy: str | None


@dataclass(frozen=True)
class Waiver:
    """One row of ``rpt_waiver``: a record that a rule lets pass, and how many rows it was."""

    month: date
    district_id: str
    district_code: str
    district_name: str
    kind: str
    rule_id: str
    record_key: str
    reason: str
    waived_by: str
    waived_on: date
    valid_from: date
    valid_until: date
    status: WaiverStatus
    row_count: int


@dataclass(frozen=True)
class Correction:
    """One row of ``rpt_correction``: a cell the office replaced before judgement, or did not."""

    month: date
    district_id: str
    district_code: str
    district_name: str
    kind: str
    record_key: str
    field: str
    old_value: str
    new_value: str
    reason: str
    corrected_by: str
    corrected_on: date
    status: CorrectionStatus
    detail: str | None
    file_name: str | None
    sheet: str | None
    row_number: int | None
    cell: str | None


@dataclass(frozen=True)
class Inspection:
    """One row of ``rpt_inspection_progress``: a district's sampling inspection, or the city's.

    Counts are buildings, areas exact decimals; shares are fractions, None of nothing; what is
    None of the sample was not kept.
    """

    month: date
    as_at: date
    district_id: str
    district_code: str
    district_name: str
    sort_order: int
    planned_count: int
    inspected_count: int
    inspected_floor_area_m2: Decimal
    inspected_floor_area_10k_m2: Decimal
    passed_count: int
    progress_share: Decimal | None
    pass_share: Decimal | None
    pass_share_low: Decimal | None
    pass_share_high: Decimal | None
    weighted_pass_share: Decimal | None
    is_preliminary: bool
    rectification_required_count: int
    rectification_done_count: int
    rectification_overdue_count: int
    rectification_days_median: Decimal | None
    reinspected_count: int
    reinspected_passed_count: int
    sample_month: date | None
    sampled_count: int | None
    replacement_count: int | None
    not_delivered_count: int | None
    not_sampled_count: int | None
    verification_factor: Decimal | None
    is_total: bool


@dataclass(frozen=True)
class Difference:
    """One row of ``rpt_reconciliation``: a measure where ledger and report both exist."""

    month: date
    district_id: str
    district_code: str
    district_name: str
    metric_id: str
    ledger_value: Decimal
    reported_value: Decimal
    difference: Decimal


@dataclass(frozen=True)
class Metric:
    """One row of ``dim_metric``: what a measure means."""

    metric_id: str
    chinese_name: str
    definition: str
    formula: str | None
    unit: str
    kind: str
    population_name: str
