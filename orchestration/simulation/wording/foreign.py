"""The wording ``foreign``: habits met in addresses that nobody here wrote.

The habits are those of public addresses of Suzhou and of reports of people who match them; their
shares are guesses. The parser was mended on what it missed of them, so that a score on this
wording is no independent one. Add a habit that was met in a real list. Ordinary habits are in
``profiles``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from orchestration.formats.chinese_numbers import DIGITS
from orchestration.simulation.draws import Draws, Ints

_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_TRADITIONAL = str.maketrans(
    "号栋区苏东园楼县镇庄门广场乡层长风兰龙马", "號棟區蘇東園樓縣鎮莊門廣場鄉層長風蘭龍馬"
)
_RADICALS = str.maketrans("西长门青风马龙", "⻄⻓⻔⻘⻛⻢⻰")
#: A sign and another of its sound.
_HEARD = str.maketrans("渎桥塘港林泾湖阳福华民园山", "读乔糖岗临径胡杨富花明圆珊")
_FORMER = {
    "姑苏区": ("平江区", "沧浪区", "金阊区", "苏州市姑苏区"),
    "工业园区": ("苏州工业园区", "SIP", "中国（江苏）自由贸易试验区苏州片区苏州工业园区"),
    "高新区": ("虎丘区", "苏州新区", "苏州高新区"),
    "吴江区": ("吴江市", "吴江县", "苏州吴江"),
    "吴中区": ("苏州吴中区", "吴中"),
    "昆山市": ("昆山", "昆山县", "江苏昆山市"),
    "常熟市": ("常熟", "常熟县", "苏州常熟市"),
    "太仓市": ("太仓", "太仓县"),
    "张家港市": ("张家港", "沙洲县"),
}
_NEAR = ("（近{}号）", "(原{}号)", "（{}号对面）", "(靠近{}号)")
_INSIDE = ("内", "北门", "（西门）", "大院内")
_BESIDE = ("东侧", "对面", "附房", "车库", "传达室", "旁", "隔壁", "配电房")
_TAILS = (" 邮编215000", "，沿街商铺", "（发货）", "恒昌贸易有限公司", "3楼", "1F", "（待拆）")
_DEVELOPERS = ("万科", "中海", "世茂", "绿地")


@dataclass
class _Draft:
    """One address being written; ``order`` names its parts in the order of the text."""

    district: str
    town: str
    road: str
    door: int
    estate: str
    building: int
    at_door: str = ""
    at_building: str = ""
    lead: str = ""
    behind: str = ""
    is_findable: bool = True
    is_house: bool = True
    finish: list[Callable[[str], str]] = field(default_factory=list)

    def text(self) -> str:
        """Return the address as it was written."""
        body = f"{self.road}{self.at_door}{self.estate}{self.at_building}"
        written = f"{self.lead}{self.district}{self.town}{body}{self.behind}"
        for change in self.finish:
            written = change(written)
        return written


_Habit = Callable[[_Draft, float], None]


def _of(choices: tuple[str, ...], pick: float) -> str:
    return choices[int(pick * len(choices))]


def _chinese(number: int, digits: str) -> str:
    return "".join(digits[int(digit)] for digit in str(number))


def _province(draft: _Draft, pick: float) -> None:
    draft.lead = _of(("江苏省苏州市", "苏州市", "中国江苏省苏州市", "江苏苏州"), pick)


def _former_district(draft: _Draft, pick: float) -> None:
    draft.lead = ""
    draft.district = _of(_FORMER.get(draft.district, (draft.district,)), pick)


def _town_first(draft: _Draft, _pick: float) -> None:
    draft.lead, draft.district, draft.town = "", draft.town, draft.district


def _town_twice(draft: _Draft, _pick: float) -> None:
    draft.town = f"{draft.town}{draft.district}{draft.town}"


def _town_as_heard(draft: _Draft, _pick: float) -> None:
    draft.town = draft.town.translate(_HEARD)


def _no_town(draft: _Draft, _pick: float) -> None:
    draft.town = ""


def _zone(draft: _Draft, pick: float) -> None:
    draft.town += _of(("经济开发区", "工业园区", "科技园", "农业园区"), pick)


def _signs_of_door(draft: _Draft, pick: float) -> None:
    door = draft.door
    draft.at_door = _of(
        (
            f"{door}#", f"No.{door} ",
            f"{_chinese(door, DIGITS)}号", f"{_chinese(door, _FORMAL)}号",
            f"{str(door).replace('1', 'l').replace('0', 'O')}号", f" {door} 号", f"{door}号-",
        ),
        pick,
    )  # fmt: skip
    if draft.at_door.endswith("#") and draft.estate:
        draft.at_door = f"{door}号"


def _section(draft: _Draft, pick: float) -> None:
    draft.road += _of(("（东段）", "(西段)", "（南段）"), pick)


def _signs_of_building(draft: _Draft, pick: float) -> None:
    number = draft.building
    draft.at_building = _of(
        (
            f"{number}#", f"第{number}幢", f"{_chinese(number, DIGITS)}栋", f"{number}号楼",
            f"{number}座", f" {number} 幢", f"{number}#楼", f"（{number}幢）",
        ),
        pick,
    )  # fmt: skip


def _room(draft: _Draft, pick: float) -> None:
    ways = (f"{draft.building}-2-301", f"{draft.building}幢2单元301", f"{draft.building}-301室")
    draft.at_building = _of((*ways, f"{draft.building}幢商铺05室"), pick)


def _estate_first(draft: _Draft, _pick: float) -> None:
    if draft.estate:
        draft.road = f"{draft.estate}{draft.road}"
        draft.estate = ""


def _no_estate(draft: _Draft, _pick: float) -> None:
    draft.estate = ""


def _developer(draft: _Draft, pick: float) -> None:
    if draft.estate:
        draft.estate = _of(_DEVELOPERS, pick) + draft.estate


def _estate_tail(draft: _Draft, _pick: float) -> None:
    if draft.estate and not draft.estate.endswith("小区"):
        draft.estate += "小区"


def _road_as_heard(draft: _Draft, _pick: float) -> None:
    draft.road = draft.road.translate(_HEARD)


def _near(draft: _Draft, pick: float) -> None:
    draft.behind += _of(_NEAR, pick).format(f"{draft.road}{draft.door + 6}")


def _inside(draft: _Draft, pick: float) -> None:
    draft.behind += _of(_INSIDE, pick)


def _beside(draft: _Draft, pick: float) -> None:
    draft.behind += _of(_BESIDE, pick)
    draft.is_findable = draft.is_house = False


def _tail(draft: _Draft, pick: float) -> None:
    draft.behind += _of(_TAILS, pick)


def _traditional(draft: _Draft, _pick: float) -> None:
    draft.finish.append(lambda text: text.translate(_TRADITIONAL))


def _radicals(draft: _Draft, _pick: float) -> None:
    draft.finish.append(lambda text: text.translate(_RADICALS))


def _wide(draft: _Draft, _pick: float) -> None:
    wide = {ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"}
    draft.finish.append(lambda text: text.translate(wide))


#: In the order in which they are applied: a later one may undo an earlier one.
_HABITS: tuple[tuple[float, _Habit], ...] = (
    (0.35, _province), (0.25, _former_district), (0.04, _town_first), (0.02, _town_twice),
    (0.04, _town_as_heard), (0.25, _no_town), (0.05, _zone), (0.25, _signs_of_door),
    (0.03, _section), (0.4, _signs_of_building), (0.2, _room), (0.2, _no_estate),
    (0.02, _developer), (0.08, _estate_tail), (0.06, _estate_first), (0.02, _road_as_heard),
    (0.05, _near), (0.04, _inside), (0.02, _beside), (0.08, _tail), (0.04, _traditional),
    (0.03, _radicals), (0.04, _wide),
)  # fmt: skip


class ForeignWriter:
    """Writes addresses with the habits of this module, each drawn for itself."""

    def __init__(self, draws: Draws, serial: Ints) -> None:
        self._habits = [
            (
                share,
                habit,
                draws.uniform(f"foreign/{habit.__name__}", serial).tolist(),
                draws.uniform(f"foreign/{habit.__name__}/way", serial).tolist(),
            )
            for share, habit in _HABITS
        ]

    def write(
        self, index: int, district: str, town: str, road: str, door: int, estate: str, building: int
    ) -> tuple[str, bool, bool]:
        """Return the text of one address, whether it is findable, and whether it is a house."""
        draft = _Draft(district, town, road, door, estate, building, f"{door}号", f"{building}幢")
        for share, habit, chances, ways in self._habits:
            if chances[index] < share:
                habit(draft, ways[index])
        return draft.text(), draft.is_findable, draft.is_house
