"""What an address is made of: kinds of elements, an element with its source, the whole.

Add a kind here, with its class in GA/T 2000.32 where that is known. How text becomes elements
is ``parsing``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Kind(NamedTuple):
    """A kind of element: its Chinese name and its GA/T 2000.32 class code, where known."""

    chinese_name: str
    class_code: str | None


#: In the order of a whole address. The standard's codes below 小区 could not be consulted, so
#: doors, buildings and rooms carry none rather than an invented one.
KINDS = {
    "province": Kind("省", "11"),
    "city": Kind("市", "12"),
    "district": Kind("县（区）", "13"),
    "town": Kind("乡镇街道", "20"),
    "zone": Kind("开发区（园区）", None),
    "community": Kind("社区（村）", "30"),
    "group": Kind("组", "34"),
    "road": Kind("街路巷", "41"),
    "lane": Kind("弄（巷）", "41"),
    "sublane": Kind("支弄", "41"),
    "number": Kind("门牌号", None),
    "estate": Kind("小区", "42"),
    "building": Kind("楼幢号", None),
    "unit": Kind("单元", None),
    "floor": Kind("层", None),
    "room": Kind("室", None),
}
#: Text that names no element: a shop's name, 东侧, what stood in brackets.
REMARK = "remark"
#: Why an address could not be taken apart; None for one that could.
EMPTY, TOO_LONG, OUTSIDE = "empty", "too_long", "outside"


class Element(NamedTuple):
    """One element: its normal form, and the slice of the normalised text it came from."""

    kind: str
    value: str
    start: int
    end: int


class Found(list[Element]):
    """The elements found so far, in the order of the text, with their kinds and districts.

    ``repeated`` are the kinds of which there are several elements.
    """

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[str] = set()
        self.repeated: set[str] = set()
        self.districts: tuple[str, ...] = ()

    def append(self, element: Element) -> None:
        """Add an element and remember its kind."""
        kind = element.kind
        (self.repeated if kind in self.kinds else self.kinds).add(kind)
        super().append(element)


@dataclass(frozen=True)
class Address:
    """An address taken apart.

    ``text`` is the normalised text that the elements' slices count in. ``districts`` are the
    ids of the districts it may lie in (from its district's or town's name), empty if it names
    none. ``problem`` is None, empty, too_long or outside (another city).
    """

    text: str
    elements: tuple[Element, ...]
    districts: tuple[str, ...] = ()
    problem: str | None = None

    def value(self, kind: str) -> str | None:
        """Return the value of the last element of a kind: of two roads, the one of the number."""
        return next((e.value for e in reversed(self.elements) if e.kind == kind), None)
