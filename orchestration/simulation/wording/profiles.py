"""Addresses of building codes as people write them, and plates as registers lose them.

There are three profiles of noise: the matcher may be tuned on ``everyday``; ``unseen`` has other
shares and habits and is only for checking, as is ``foreign``, whose habits are another module's.
The true plate of each code goes into a side file that only the benchmark reads. Nothing here
knows how addresses are matched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from orchestration.formats.chinese_numbers import DIGITS
from orchestration.simulation.addresses import Addresses
from orchestration.simulation.buildings import Buildings
from orchestration.simulation.draws import Draws, Floats, Ints
from orchestration.simulation.places import earlier_towns
from orchestration.simulation.wording.foreign import ForeignWriter

Row = dict[str, str | None]

_ALIASES = {
    "姑苏区": ("姑苏区", "平江区", "沧浪区", "金阊区", "苏州市姑苏区"),
    "工业园区": ("工业园区", "园区", "苏州工业园区", "苏州市工业园区", "SIP"),
    "高新区": ("高新区", "虎丘区", "苏州高新区", "新区", "高新区(虎丘区)"),
    "吴江区": ("吴江区", "吴江市", "吴江"),
    "吴中区": ("吴中区", "吴县市", "苏州市吴中区"),
    "相城区": ("相城区", "吴县市", "苏州市相城区"),
}
#: Signs that are mistaken for each other in names, by sound or shape.
_MISTAKEN = str.maketrans("民放新阳江山湖园桥福中华东", "明访心杨讧三胡圆乔富钟化冬")
_ANY_SIGN = "文和安平大永兴"
_TRADITIONAL = str.maketrans("号栋区苏东园", "號棟區蘇東園")


@dataclass(frozen=True)
class Profile:
    """Shares of codes with each habit; a code may show several."""

    alias: float
    no_province: float
    no_district: float
    no_town: float
    no_estate: float
    no_road: float
    no_building: float
    chinese_number: float
    full_width: float
    name_error: float
    number_error: float
    swapped: float
    moved: float
    remark: float
    room: float
    nothing: float
    wrong_community: float
    blank_columns: float
    plate_lost: float
    plate_cancelled: float
    building_words: tuple[str, ...]
    #: replaced, left_out, doubled, exchanged
    name_errors: tuple[str, ...]
    spaced: float = 0.0
    traditional: float = 0.0
    dashed: float = 0.0
    estate_tail: float = 0.0
    no_door_word: float = 0.0
    town_office: float = 0.0


PROFILES = {
    "everyday": Profile(
        alias=0.3, no_province=0.6, no_district=0.15, no_town=0.2, no_estate=0.12, no_road=0.02,
        no_building=0.003, chinese_number=0.08, full_width=0.03, name_error=0.02,
        number_error=0.002, swapped=0.03, moved=0.3, remark=0.04, room=0.15, nothing=0.003,
        wrong_community=0.01, blank_columns=0.005, plate_lost=0.06, plate_cancelled=0.01,
        building_words=("幢", "幢", "栋", "号楼", "座"), name_errors=("replaced", "left_out"),
    ),
    "unseen": Profile(
        alias=0.5, no_province=0.75, no_district=0.25, no_town=0.3, no_estate=0.25, no_road=0.04,
        no_building=0.005, chinese_number=0.2, full_width=0.05, name_error=0.03,
        number_error=0.003, swapped=0.08, moved=0.4, remark=0.1, room=0.3, nothing=0.005,
        wrong_community=0.03, blank_columns=0.01, plate_lost=0.12, plate_cancelled=0.03,
        building_words=("栋", "号楼", "#", "#楼", "幢", "座"),
        name_errors=("replaced", "left_out", "doubled", "exchanged"),
        spaced=0.06, traditional=0.04, dashed=0.1, estate_tail=0.15, no_door_word=0.05,
        town_office=0.06,
    ),
    # what stands in columns and registers; the texts are ``foreign``'s
    "foreign": Profile(
        alias=0, no_province=0, no_district=0, no_town=0, no_estate=0, no_road=0, no_building=0,
        chinese_number=0, full_width=0, name_error=0, number_error=0, swapped=0, moved=0.1,
        remark=0, room=0, nothing=0, wrong_community=0.01, blank_columns=0.02, plate_lost=0.06,
        plate_cancelled=0.01, building_words=("幢",), name_errors=("replaced",),
    ),
}  # fmt: skip
#: The profile whose texts ``foreign`` writes.
_FOREIGN = "foreign"


@dataclass(frozen=True)
class Written:
    """What people wrote, a row a code: ``texts``, town and community columns, is_findable.

    A code is findable if its text still names the building and its place; ``is_house`` is false
    where it names what stands beside.
    """

    texts: list[str | None]
    towns: list[str | None]
    communities: list[str | None]
    is_findable: list[bool]
    is_house: list[bool]


class _Chances:
    """Whether a habit shows in a row; each habit draws its own numbers."""

    def __init__(self, draws: Draws, profile: Profile, serial: Ints) -> None:
        self._draws, self._profile, self._serial = draws, profile, serial

    def __getitem__(self, habit: str) -> np.ndarray:
        share: float = getattr(self._profile, habit)
        return self.uniform(habit) < share

    def uniform(self, name: str) -> Floats:
        return self._draws.uniform(f"written/{name}", self._serial)


def as_people_write(
    draws: Draws, buildings: Buildings, parts: Addresses, position: Ints, district: str, name: str
) -> Written:
    """Return the addresses of codes; ``position`` is each code's building.

    ``district`` is the district's name, ``name`` that of the profile.
    """
    profile = PROFILES[name]
    chances = _Chances(draws, profile, np.arange(len(position)))
    habits = {
        habit: chances[habit].tolist()
        for habit in Profile.__annotations__
        if habit not in ("building_words", "name_errors")
    }
    picks = {key: chances.uniform(key).tolist() for key in ("a", "b", "c", "d")}
    written = Written([], [], [], [], [])
    foreign = ForeignWriter(draws, np.arange(len(position))) if name == _FOREIGN else None
    where, former, towns = buildings.places, earlier_towns(), buildings.towns
    for index, at in enumerate(position.tolist()):
        habit = {key: values[index] for key, values in habits.items()}
        pick = [values[index] for values in picks.values()]
        town = where.town_names[towns[at]]
        community = where.community_names[buildings.community[at]]
        stated = former.get(community, town) if habit["moved"] else town
        estate = where.estates[parts.estate[at]] if parts.is_estate[at] else ""
        road = where.roads[parts.road[at]]
        door, building = int(parts.street_number[at]), int(parts.building_number[at])
        is_house = True
        if foreign is not None:
            place = (district, stated, road, door, estate, building)
            text: str | None
            text, is_findable, is_house = foreign.write(index, *place)
        else:
            text, is_findable = _one(
                profile, habit, pick, district, stated, road, door, estate, building
            )
        if habit["wrong_community"]:
            community = where.community_names[int(pick[2] * len(where.community_names))]
        has_columns = not habit["blank_columns"]
        written.texts.append(text)
        written.towns.append(stated if has_columns else None)
        written.communities.append(community if has_columns else None)
        written.is_findable.append(is_findable)
        written.is_house.append(is_house)
    return written


def _one(
    profile: Profile,
    habit: dict[str, bool],
    pick: list[float],
    district: str,
    town: str,
    road: str,
    door: int,
    estate: str,
    building: int,
) -> tuple[str | None, bool]:
    if habit["nothing"]:
        return (None, "无", "-", "<b>待补</b>")[int(pick[0] * 4)], False
    if habit["number_error"]:
        door = _misread(door, pick[1])
    if habit["name_error"] and (pick[0] < 0.7 or not estate):
        road = _mistyped(road, profile.name_errors, pick[1])
    elif habit["name_error"]:
        estate = _mistyped(estate, profile.name_errors, pick[1])
    has_road = not (habit["no_road"] and estate)
    keeps_estate = bool(estate) and not (habit["no_estate"] and has_road)
    numbers = [str(door), str(building)]
    if habit["chinese_number"]:
        numbers = [_chinese(int(number)) for number in numbers]
    word = profile.building_words[int(pick[2] * len(profile.building_words))]
    has_no_word = habit["no_door_word"] and has_road and not habit["chinese_number"]
    at_door = (road if has_road else "") + numbers[0] + ("，" if has_no_word else "号")
    if habit["dashed"] and has_road and not keeps_estate and not has_no_word:
        at_building = f"-{numbers[1]}{word}" if not habit["chinese_number"] else numbers[1] + word
    else:
        at_building = numbers[1] + word
    if habit["no_building"]:
        at_building = ""
    in_estate = estate if keeps_estate else ""
    if in_estate and habit["estate_tail"] and not in_estate.endswith("小区"):
        in_estate += "小区"
    if habit["swapped"] and in_estate and has_road:
        body = f"{in_estate}{at_door}{at_building}"
    else:
        body = f"{at_door}{in_estate}{at_building}"
    if habit["room"] and at_building:
        body += f"{1 + int(pick[3] * 4)}单元{101 + 100 * int(pick[1] * 6)}室"
    remark = ("（近菜场）", "(原厂区)", "东侧", "，沿街商铺")[int(pick[3] * 4)]
    if habit["remark"]:
        body += remark
    if habit["town_office"] and town.endswith("街道"):
        town += "办事处"
    text = _lead(habit, pick, district, town) + body
    if habit["spaced"]:
        text = text.replace("号", "号 ").replace("区", "区 ")
    if habit["full_width"]:
        text = text.translate({ord(d): chr(ord(d) + 0xFEE0) for d in "0123456789"})
    if habit["traditional"]:
        text = text.translate(_TRADITIONAL)
    is_beside = habit["remark"] and remark == "东侧"
    return text, not habit["no_building"] and not is_beside


def _lead(habit: dict[str, bool], pick: list[float], district: str, town: str) -> str:
    names = _ALIASES.get(district, (district, district.removesuffix("市")))
    name = names[int(pick[0] * len(names))] if habit["alias"] else district
    if name == "吴县市" and habit["no_town"]:
        name = district
    if habit["no_district"]:
        name = ""
    lead = "" if habit["no_province"] else "江苏省"
    if lead and not name.startswith("苏州"):
        lead += "苏州市"
    return lead + name + ("" if habit["no_town"] else town)


def _mistyped(name: str, kinds: tuple[str, ...], pick: float) -> str:
    """Return a name with one error in its first signs, never in the ending that shows its kind."""
    kind = kinds[int(pick * len(kinds))]
    at = int(pick * 100) % max(1, len(name) - 2)
    if kind == "left_out" and len(name) > 3:
        return name[:at] + name[at + 1 :]
    if kind == "doubled":
        return name[: at + 1] + name[at:]
    if kind == "exchanged" and len(name) > 3:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    mistaken = name[at].translate(_MISTAKEN)
    if mistaken == name[at]:
        mistaken = _ANY_SIGN[int(pick * len(_ANY_SIGN))]
    return name[:at] + mistaken + name[at + 1 :]


def _misread(number: int, pick: float) -> int:
    digits = str(number)
    at = int(pick * len(digits))
    other = str((int(digits[at]) + 1 + int(pick * 8)) % 10)
    return int(digits[:at] + other + digits[at + 1 :]) or 1


@cache
def _chinese(number: int) -> str:
    if number >= 1000:
        return "".join(DIGITS[int(digit)] for digit in str(number))
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (DIGITS[ones] if ones or not number else "")


def lost_plates(draws: Draws, buildings: Buildings, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which plates the register never had, and which it has cancelled."""
    profile = PROFILES[name]
    fate = draws.uniform("plate_fate", buildings.slots)
    is_lost = fate < profile.plate_lost
    is_cancelled = ~is_lost & (fate < profile.plate_lost + profile.plate_cancelled)
    return is_lost, is_cancelled
