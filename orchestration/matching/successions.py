"""What registered changes of buildings mean for their identifiers.

A change that gives the same building another number (重编, 划转) hands its codes on; one that
ends a building (拆除, 合并, 拆分, 去重) ends them. Add a change type here. What was registered is
judged before; where identifiers are kept is ``identifiers``'s.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

RENAMING = frozenset({"重编", "划转"})
ENDING = frozenset({"拆除", "合并", "拆分", "去重"})


@dataclass(frozen=True, order=True)
class Change:
    """A registered change; ids are None where the building is new or gone."""

    changed_on: date
    change_id: str
    change_type: str
    old_building_id: str | None
    new_building_id: str | None


@dataclass(frozen=True)
class Successions:
    """The days on which buildings ended, who inherits which codes, and the changes in cycles."""

    ended: dict[str, date]
    heirs: list[tuple[str, str, date]]
    cyclic: list[Change]


def successions(changes: Iterable[Change]) -> Successions:
    """Return the effect of a list of changes, in the order of days and numbers.

    Changes that lead from a building back to itself contradict each other: none of them counts.
    """
    known = sorted({change for change in changes if change.old_building_id})
    cyclic = _cyclic(known)
    counted = [change for change in known if change not in cyclic]
    # a building that lives on under its own number after a split or merger has not ended
    survivors = {c.old_building_id for c in counted if c.old_building_id == c.new_building_id}
    ended: dict[str, date] = {}
    heirs = []
    for change in counted:
        old, new = change.old_building_id, change.new_building_id
        if old is None or old in survivors or old in ended:
            continue
        if change.change_type in RENAMING and new is not None:
            heirs.append((old, new, change.changed_on))
            ended[old] = change.changed_on
        elif change.change_type in ENDING:
            ended[old] = change.changed_on
    return Successions(ended, heirs, sorted(cyclic))


def _cyclic(changes: list[Change]) -> set[Change]:
    """Return the changes that lie on a cycle, or on a way from one cycle to another."""
    pairs = {
        (change.old_building_id, change.new_building_id)
        for change in changes
        if change.old_building_id and change.new_building_id
    }
    links = {(old, new) for old, new in pairs if old != new}
    # a building that nothing leads to lies on no cycle, nor does one that leads nowhere
    onward = _without_ends(links)
    back = _without_ends({(new, old) for old, new in onward})
    return {
        change for change in changes if (change.new_building_id, change.old_building_id) in back
    }


def _without_ends(links: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the links that are left when buildings without a predecessor are taken away."""
    successors: dict[str, list[str]] = defaultdict(list)
    predecessor_count: Counter[str] = Counter()
    for old, new in links:
        successors[old].append(new)
        predecessor_count[new] += 1
    ends = [building for building in successors if not predecessor_count[building]]
    gone = set()
    while ends:
        building = ends.pop()
        gone.add(building)
        for new in successors[building]:
            predecessor_count[new] -= 1
            if not predecessor_count[new]:
                ends.append(new)
    return {(old, new) for old, new in links if old not in gone and new not in gone}
