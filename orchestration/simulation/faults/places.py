"""Faults in the names of towns and communities, in every kind that has them.

Add an entry to plant another.
"""

from __future__ import annotations

from orchestration.simulation.faults.form import CellFault, overwritten

_NO_TOWN, _NO_COMMUNITY = "不存在镇", "不存在社区"

PLACE_FAULTS = (
    CellFault(
        "survey_town_unknown",
        "building_survey",
        "field",
        "changshu",
        "镇街不在名录",
        "town",
        overwritten("town", _NO_TOWN),
        {"survey_status": "已排查"},
    ),
    CellFault(
        "survey_community_elsewhere",
        "building_survey",
        "cross_record",
        "gusu",
        "村社区不在该镇街",
        "community",
        overwritten("community", _NO_COMMUNITY),
        {"survey_status": "已排查"},
    ),
    CellFault(
        "case_town_unknown",
        "alteration_cases",
        "field",
        "kunshan",
        "镇街不在名录",
        "town",
        overwritten("town", _NO_TOWN),
    ),
    CellFault(
        "danger_town_unknown",
        "danger_cases",
        "field",
        "taicang",
        "镇街不在名录",
        "town",
        overwritten("town", _NO_TOWN),
    ),
    CellFault(
        "danger_community_elsewhere",
        "danger_cases",
        "cross_record",
        "wuzhong",
        "村社区不在该镇街",
        "community",
        overwritten("community", _NO_COMMUNITY),
    ),
    CellFault(
        "code_town_unknown",
        "building_codes",
        "field",
        "city",
        "镇街不在名录",
        "town",
        overwritten("town", _NO_TOWN),
    ),
    CellFault(
        "code_community_elsewhere",
        "building_codes",
        "cross_record",
        "city",
        "村社区不在该镇街",
        "community",
        overwritten("community", _NO_COMMUNITY),
    ),
    CellFault(
        "plate_town_unknown",
        "doorplates",
        "field",
        "city",
        "镇街不在名录",
        "town",
        lambda row, month: {
            "town": _NO_TOWN,
            "standard_address": row["standard_address"].replace(row["town"], _NO_TOWN),
        },
    ),
    CellFault(
        "plate_community_elsewhere",
        "doorplates",
        "cross_record",
        "city",
        "村社区不在该镇街",
        "community",
        overwritten("community", _NO_COMMUNITY),
    ),
)
