"""Names of roads and estates that may be the same though they are written otherwise.

Errors are looked for among the names, not among the addresses: a district has a few thousand
roads, so what is left is an equality of names that a database joins. There are levels. A
``variant`` sounds as the other, or is long with one error. One ``mistyped`` sign in a short name
may be an error or another place (桂花新村, 莲花新村). Of two ``alike`` a person has to say. Signs
that tell places apart (numbers, points of the compass, 大小新老…) are never a typing error; one
that is only ``heard`` as another sign (冬大街) is for a person, too, and one that was left out or
added (``told``) hardly ever an error. Add here what makes two names
the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import duckdb
import pyarrow as pa
from rapidfuzz import process
from rapidfuzz.distance import OSA

from orchestration.addresses.tables import sound

#: A shorter name has no room for an error: 南街 and 北街 are two streets.
_SHORTEST = 3
#: From so many signs on two of them may be mistyped, for a person to see.
_LONG = 5
_TELLING = frozenset(
    "0123456789零〇一二三四五六七八九十百千廿卅两甲乙丙丁戊"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ大小新老旧东西南北中上下左右前后内外里"
)
_ENDING = re.compile(
    r"(?:大道|大街|公路|路|街|巷|弄|里|坊|小区|新村|花园|家园|花苑|公寓|苑|园|村)$"
)
_DOUBLED = re.compile(r"(.)\1")
#: How little of a name must be left for another to contain it.
_CORE = 3
_SCHEMA = pa.schema(
    [
        ("district_id", pa.string()),
        ("code_name", pa.string()),
        ("plate_name", pa.string()),
        ("level", pa.string()),
    ]
)


def load_variants(
    connection: duckdb.DuckDBPyConnection, table: str, *, odd: str, known: str
) -> None:
    """Create ``table`` (district_id, code_name, plate_name, level): which may be the same.

    ``odd`` and ``known`` are queries of (district_id, name): the names that no plate of the
    district has, and the plates' names to compare them with.
    """
    known_names: dict[str, list[str]] = defaultdict(list)
    odd_names = connection.execute(f"{odd} order by all").fetchall()
    if odd_names:
        for district_id, name in connection.execute(f"{known} order by all").fetchall():
            known_names[district_id].append(name)
    indexes = {district_id: _Index(names) for district_id, names in known_names.items()}
    rows = [
        (district_id, name, other, level)
        for district_id, name in odd_names
        if district_id in indexes
        for other, level in indexes[district_id].like(name)
    ]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    found = pa.table(dict(zip(_SCHEMA.names, map(list, columns), strict=True)), _SCHEMA)
    connection.register("variant_rows", found)
    connection.execute(f"create or replace temp table {table} as from variant_rows")
    connection.unregister("variant_rows")


class _Index:
    """The names of one district's plates, by all that another name may share with them."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._keys: dict[str, list[str]] = defaultdict(list)
        for name in names:
            for key in _keys(name):
                self._keys[key].append(name)

    def like(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield each name that may be the same, with its level."""
        edits = 2 if len(name) >= _LONG else 1
        near = process.extract(
            name, self._names, scorer=OSA.distance, score_cutoff=edits, limit=None
        )
        others = {other for other, _, _ in near}
        for key in _keys(name):
            others.update(self._keys.get(key, ()))
        for other in sorted(others - {name}):
            if level := level_of(name, other):
                yield other, level


def _keys(name: str) -> Iterator[str]:
    """Yield what names share that are alike: their sound, their stem, a part of their signs."""
    yield f"sound {sound(name)}"
    if stem := _stem(name):
        yield f"stem {stem}"
    yield f"part {name}"
    for length in range(_CORE, len(name)):
        yield f"part {name[:length]}"
        yield f"part {name[-length:]}"


def level_of(name: str, other: str) -> str | None:
    """Return how like two names are, by the levels of this module; None if not at all.

    An error is one sign replaced, left out, added or swapped with its neighbour. Where a sign
    that tells places apart stands for one that does not, a person has to look.

    >>> level_of("人民路", "人明路"), level_of("学士街", "北学士街")
    ('variant', 'told')
    >>> level_of("东风路", "冬风路"), level_of("石湖湾花园", "世茂石湖湾花园")
    ('heard', 'alike')
    >>> level_of("人民路", "人民南路"), level_of("南环二村", "南环新村")
    ('told', None)
    >>> level_of("十全街", "十全路"), level_of("荷塘月色小区", "荷塘月色")
    ('alike', 'variant')
    >>> level_of("桂花新村", "莲花新村"), level_of("桂花公寓", "桂华公寓")
    ('mistyped', 'variant')
    """
    if min(len(name), len(other)) < _SHORTEST - 1 or max(len(name), len(other)) < _SHORTEST:
        return None
    if name.removesuffix("小区") == other.removesuffix("小区"):
        return "variant"
    if _stem(name) == _stem(other) is not None:
        return "alike"
    if _tells(name) != _tells(other):
        if not _is_one_told(name, other):
            # 环路 for 南环路: a point of the compass left out, or another road
            is_left_out = len(name) != len(other) and OSA.distance(name, other) == 1
            return "told" if is_left_out else None
        return "heard" if sound(name) == sound(other) else "alike"
    distance = OSA.distance(name, other, score_cutoff=2)
    has_one_sound = sound(name) == sound(other)
    if distance == 1:
        is_long = _is_long(name) and _is_long(other)
        is_error = has_one_sound or is_long or _is_slip(name, other)
        return "variant" if is_error else "mistyped"
    is_alike = (
        has_one_sound
        or (distance == 2 and min(len(name), len(other)) >= _LONG)
        or _is_part(name, other)
        or _is_part(other, name)
    )
    return "alike" if is_alike else None


def _tells(name: str) -> str:
    """Return the signs that tell places apart, in their order: 一二村 and 二一村 differ."""
    return "".join(sign for sign in name if sign in _TELLING)


def _is_one_told(name: str, other: str) -> bool:
    """Whether names of one length differ in one sign, which tells in one of them only."""
    pairs = [(a, b) for a, b in zip(name, other, strict=False) if a != b]
    if len(name) != len(other) or len(pairs) != 1:
        return False
    (one, another) = pairs[0]
    return not (one in _TELLING and another in _TELLING)


def _is_slip(name: str, other: str) -> bool:
    """Whether a sign was typed twice, or two were exchanged: neither gives another name."""
    is_doubled = _DOUBLED.sub(r"\1", name) == _DOUBLED.sub(r"\1", other)
    return is_doubled or sorted(name) == sorted(other)


def _is_long(name: str) -> bool:
    """Whether a name has so many signs before its ending that one error leaves it known."""
    return len(_stem(name) or "") >= _LONG - 1


def _is_part(name: str, whole: str) -> bool:
    is_shorter = _CORE <= len(name) < len(whole)
    return is_shorter and (whole.startswith(name) or whole.endswith(name))


def _stem(name: str) -> str | None:
    """Return a name without its ending, or None if too little is left to know it by."""
    stem = _ENDING.sub("", name)
    return stem if 1 < len(stem) < len(name) else None
