"""What the SQL rules on monthly reports are asked, and what they find."""

from __future__ import annotations

from asked_rules import Asked
from deliver import Row, report_row

FLOWS = (
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)


def flows(*counts: int) -> Row:
    return dict(zip(FLOWS, counts, strict=True))


OF_REPORTS = [
    Asked(
        "MR-502",
        "few cases are the same by chance",
        [report_row("gusu", **flows(6, 0, 2, 2))],
        [report_row("gusu", **flows(6, 0, 2, 2))],
    ),
    Asked(
        "MR-502",
        "where the stocks are last month's too, fewer cases tell of a copy",
        [report_row("gusu", **flows(13, 0, 2, 2))],
        [report_row("gusu", **flows(13, 0, 2, 2))],
        findings=(("suspected_complaint_count", 3, "本地区"),),
    ),
    Asked(
        "MR-502",
        "the same few more cases with other stocks are no copy",
        [report_row("gusu", **flows(13, 0, 2, 2))],
        [report_row("gusu", surveyed_building_count=49600, **flows(13, 0, 2, 2))],
    ),
    Asked(
        "MR-502",
        "one figure differs",
        [report_row("gusu", **flows(28, 8, 30, 32))],
        [report_row("gusu")],
    ),
    Asked(
        "MR-502", "the note says so", [report_row("gusu", note="确实相同")], [report_row("gusu")]
    ),
    Asked(
        "MR-502",
        "last month's figures",
        [report_row("gusu")],
        [report_row("gusu")],
        findings=(("suspected_complaint_count", 3, "本地区"),),
    ),
    Asked(
        "MR-503",
        "a stock that grew",
        [report_row("gusu", surveyed_floor_area_10k_m2=9000)],
        [report_row("gusu")],
    ),
    Asked(
        "MR-503",
        "last month's area was in 平方米",
        [report_row("gusu")],
        [report_row("gusu", surveyed_floor_area_10k_m2=76582700)],
    ),
    Asked(
        "MR-503",
        "the mean area jumped",
        [report_row("gusu", surveyed_floor_area_10k_m2=9600)],
        [report_row("gusu")],
        findings=(("surveyed_floor_area_10k_m2", 3, "本地区"),),
    ),
    Asked(
        "MR-504",
        "small numbers leap by chance",
        [report_row("gusu", **flows(28, 16, 1, 8))],
        [report_row("gusu", **flows(60, 5, 3, 1))],
    ),
    Asked(
        "MR-504",
        "a leap, a fall, and one that is explained by chance",
        [report_row("gusu", **flows(90, 2, 30, 7))],
        [report_row("gusu", **flows(28, 20, 30, 2))],
        findings=(
            ("suspected_complaint_count", 3, "本地区"),
            ("suspected_patrol_count", 3, "本地区"),
        ),
    ),
    Asked(
        "MR-504",
        "the note says why",
        [report_row("gusu", note="专项行动", **flows(90, 2, 30, 7))],
        [report_row("gusu")],
    ),
]
