"""Words of an address that name nothing: 东侧, 对面, 院内, 近菜场, and what is beside the house.

Add a word here that people put behind a name or a number. A remark is kept as an element, so that
a clerk sees it; ``aside`` tells those that speak of another place than the house.
"""

from __future__ import annotations

import re

from orchestration.addresses.elements import REMARK, Address, Element, Found

_POSITION = (
    r"[东南西北正斜]{1,2}(?:侧|首|面|端|部|段)|[斜正]?对[面过]|旁边?|隔壁|附近|周边|背后|后面|前面|两侧|尽头[东南西北]?"
    r"|(?:交叉|交会|交汇)路?[口处]|交口|路口|门口|地块|沿街|一带|[东南西北]大?门|[东南西北]\d+米"
)
_INSIDE = r"院?内|口"
#: Signs and words that join two elements.
_JOINT = r"[之的与至到~#-]|[附副](?!属|小|中|近|房)"
_BEFORE = re.compile(rf"(?:{_POSITION}|{_JOINT})+|院内")
_BEHIND = re.compile(rf"(?:{_JOINT}|第|{_POSITION}|{_INSIDE})+$")
#: Before a door's number 内 may end the name of the street: 山门内8号.
_BEHIND_STREET = re.compile(rf"(?:{_JOINT}|第|{_POSITION})+$")
_IS_JOINT = re.compile(rf"(?:{_JOINT}|第)*")
#: What begins so only says what is near.
IS_NEAR = re.compile(r"近(?!水|江|湖|海|山|云|亭)|靠近|临近|邻近|毗邻|紧邻|原(?=[^|]*[路街巷号])")
#: What stands before it is only near.
IS_BESIDE = re.compile(
    r"(?:[东南西北正斜]{1,2}侧|[斜正]?对[面过]|旁边?|隔壁|附近|周边|背后|后面|前面)"
)
#: The second street of a crossing.
IS_CROSSING = re.compile(r"[与跟、]|和(?=[^|\d]*(?:交叉|交会|交汇|交界|路口))")
#: What stands beside a house, or where beside it one looks.
IS_ASIDE = re.compile(
    r"附属?房|辅房|车库|车棚|自行车库|传达室|门卫室?|门房|岗亭|配电[房间室]|变电[所房]|水?泵房|锅炉房|垃圾房|公共?厕所?|厕所"
    r"|储藏室|杂物间|围墙|[东南西北]{1,2}(?:侧|面|首|边|\d+米|$)|[斜正]?对[面过]|旁|隔壁|附近|背后|后面|前面|以[东南西北]"
)


def without_remarks(
    text: str, start: int, end: int, unit: str | None, found: Found
) -> tuple[int, int]:
    """Return the part of ``text[start:end]`` that is a name, and append the remark before it.

    What stands behind the name is left to ``append_remark``, so that elements keep their order.
    """
    if match := _BEFORE.match(text, start, end):
        append_remark(text, start, match.end(), found)
        start = match.end()
    behind = (_BEHIND_STREET if unit in ("号", "号院") else _BEHIND).search(text, start, end)
    return start, behind.start() if behind else end


def append_remark(text: str, start: int, end: int, found: Found) -> None:
    """Append ``text[start:end]`` as a remark, unless it only joins two elements."""
    if start < end and not _IS_JOINT.fullmatch(text, start, end):
        found.append(Element(REMARK, text[start:end], start, end))


def aside(address: Address) -> str:
    """Return the words behind number or building that make the address one beside the house.

    In brackets (对面) says so, (商城对面) only what is near.
    """
    house = next((e.end for e in address.elements if e.kind in ("number", "building")), None)
    if house is None:
        return ""
    words: set[str] = set()
    for e in address.elements:
        if e.kind == REMARK and e.start >= house:
            is_bracketed = address.text[e.start - 1] == "("
            match = (IS_ASIDE.match if is_bracketed else IS_ASIDE.search)(e.value)
            words |= {match[0]} if match else set()
    return "、".join(sorted(words))
