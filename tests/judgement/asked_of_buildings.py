"""What the SQL rules on buildings and their changes are asked, and what they find."""

from __future__ import annotations

from collections.abc import Callable

from asked_rules import Asked
from deliver import Row, building, change

Measure = Callable[[int], float]
TOWN = "平江街道"


def town_of(count: int, area: Measure, height: Measure = lambda n: 5 + n / 10) -> list[Row]:
    """Return numbered buildings of one town, their areas and heights made from their number."""
    return [building(n, floor_area_m2=area(n), height_m=height(n)) for n in range(1, count + 1)]


WAITING = building(9, survey_status="待排查", surveyed_on=None)

OF_BUILDINGS = [
    Asked(
        "BS-501",
        "a building is gone",
        [building(2)],
        [building(1), building(2)],
        findings=(("building_id", None, "32050800000001"),),
    ),
    Asked(
        "BS-501",
        "a building is quarantined now",
        [],
        [building(1)],
        unusable={"building_survey": [building(1)]},
    ),
    Asked(
        "BC-402",
        "the new building is quarantined",
        [change(1, change_type="新增", old_building_id=None, new_building_id="32050800000001")],
        beside={"building_survey": [building(2)]},
        unusable={"building_survey": [building(1)]},
    ),
    Asked(
        "BC-401",
        "gone, or also what became",
        [
            change(1),
            change(2, change_type="合并", new_building_id="32050800000002"),
            change(3, changed_on="2022-09-12"),
        ],
        beside={"building_survey": [building(2), building(3)]},
    ),
    Asked(
        "BC-401",
        "pulled down and still listed",
        [change(1)],
        beside={"building_survey": [building(1)]},
        findings=(("old_building_id", 3, "BG00001"),),
    ),
    Asked(
        "BC-402",
        "in the ledger, or ended by the next change",
        [
            change(1, change_type="重编", new_building_id="32050800000002"),
            change(2, change_type="重编", new_building_id="32050800000003"),
        ],
        beside={"building_survey": [building(3)]},
    ),
    Asked(
        "BC-402",
        "gone to another district, which numbers it, at once or later; come from one",
        [
            change(1, change_type="划转", new_building_id="32050700000001"),
            change(2, change_type="划转"),
            change(3, change_type="划转", new_building_id="32050800000003"),
            change(
                4,
                change_type="划转",
                old_building_id="32050700000009",
                new_building_id="32050800000005",
            ),
        ],
        beside={"building_survey": [building(5), building(6)]},
    ),
    Asked(
        "BC-402",
        "moved within the district, or come from another, and not in the ledger",
        [
            change(1, change_type="划转", new_building_id="32050800000007"),
            change(
                2,
                change_type="划转",
                old_building_id="32050700000009",
                new_building_id="32050800000008",
            ),
        ],
        beside={"building_survey": [building(5), building(6)]},
        findings=(
            ("new_building_id", 3, "BG00001"),
            ("new_building_id", 4, "BG00002"),
        ),
    ),
    Asked(
        "BC-402",
        "not in the ledger",
        [change(1, change_type="重编", new_building_id="32050800000002")],
        beside={"building_survey": [building(3)]},
        findings=(("new_building_id", 3, "BG00001"),),
    ),
    Asked(
        "BS-302",
        "communities as people write them",
        [
            building(1),
            building(2, town="平江", community="历史街区社区居委会"),
            building(3, town="不存在镇"),
        ],
    ),
    Asked(
        "BS-302",
        "a community of another town",
        [building(1), building(2, community="山塘社区")],
        findings=(("community", 4, "32050800000002"),),
    ),
    Asked(
        "BS-303",
        "areas of any ending, or too few",
        town_of(100, lambda n: 80 + n, lambda n: 6.1 + n % 3),
    ),
    Asked(
        "BS-303",
        "areas that end in 0 or 5",
        town_of(100, lambda n: 80 + 5 * n),
        findings=(("floor_area_m2", None, TOWN),),
    ),
    Asked("BS-304", "one area in ten ends in 00", town_of(100, lambda n: 100 + 10 * n)),
    Asked(
        "BS-304",
        "one area in two ends in 00",
        town_of(100, lambda n: 100 + 50 * n),
        findings=(("floor_area_m2", None, TOWN),),
    ),
    Asked("BS-304", "too few to tell", town_of(99, lambda n: 100 * n)),
    Asked("BS-305", "heights in decimetres", town_of(100, lambda n: 80 + n, lambda n: 5 + n / 10)),
    Asked(
        "BS-305",
        "heights in whole metres",
        town_of(100, lambda n: 80 + n, lambda n: 6 + n % 2),
        findings=(("height_m", None, TOWN),),
    ),
    Asked("BS-502", "a finished survey may stand still", [building(1)], [building(1)]),
    Asked(
        "BS-502",
        "a survey under way that moved",
        [building(1), WAITING | {"survey_status": "排查中"}],
        [building(1), WAITING],
    ),
    Asked(
        "BS-502",
        "a survey under way stands still",
        [building(1), WAITING],
        [building(1), WAITING],
        findings=(("survey_status", None, "本地区"),),
    ),
    Asked(
        "BS-502",
        "changes are registered and nothing moved",
        [building(1)],
        [building(1)],
        beside={"building_changes": [change(2)]},
        findings=(("survey_status", None, "本地区"),),
    ),
    Asked(
        "BS-503",
        "areas that were corrected or measured anew",
        [building(1), building(2), building(3, floor_area_m2=240.5)],
        [building(1), building(2, floor_area_m2=0.012), building(3)],
    ),
    Asked(
        "BS-503",
        "an area in 万平方米, and one ten thousandfold",
        [building(1), building(2, floor_area_m2=0.01), building(3, floor_area_m2=1202500)],
        [building(n) for n in (1, 2, 3)],
        findings=(("floor_area_m2", 4, "32050800000002"), ("floor_area_m2", 5, "32050800000003")),
    ),
]
