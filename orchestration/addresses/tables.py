"""The tables beside this module: signs, sounds and names, each with one home.

Add a row to a table when people write a sign or a name in another way; add a table here when
several modules read it. What is done with a row is its reader's.

- ``traditional.csv``: traditional forms outside GB 2312, after OpenCC (Apache-2.0).
- ``homophones.csv``: the common signs (first level of GB 2312) by their sound, after pypinyin
  (MIT); tones, z and zh, n and ng at the end are one, as people here speak.
- ``other_places.csv``: provinces, cities, counties and districts outside Suzhou.
- ``former_towns.csv``: towns that were merged into another, which addresses keep naming; known
  from ``communities`` of the official list that bear the name, from a public ``address`` that
  names both, or from ``memory``: whoever finds a source for one of these changes its row.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from orchestration.reference.seeds import read_rows

_FOLDER = Path(__file__).parent


class FormerTown(NamedTuple):
    """A town's name without 镇, the id of its district, and the town that took it in.

    ``known_from`` is where that was found.
    """

    name: str
    district_id: str
    successor: str
    known_from: str


@cache
def simplified() -> dict[int, int]:
    """Return the simplified form of each traditional sign, for ``str.translate``."""
    rows = read_rows(_FOLDER / "traditional.csv")
    return {ord(row["traditional"]): ord(row["simplified"]) for row in rows}


@cache
def _sounds() -> dict[int, str]:
    rows = read_rows(_FOLDER / "homophones.csv")
    return {ord(sign): row["signs"][0] for row in rows for sign in row["signs"]}


def sound(name: str) -> str:
    """Return a name as it sounds: names that sound alike give the same.

    >>> sound("木读镇") == sound("木渎镇"), sound("东风路") == sound("冬风路")
    (True, True)
    >>> sound(sound("木读镇")) == sound("木读镇")
    True
    """
    return name.translate(_sounds())


@cache
def other_places() -> frozenset[str]:
    """Return the official names of places outside Suzhou, from provinces to districts."""
    return frozenset(row["name"] for row in read_rows(_FOLDER / "other_places.csv"))


@cache
def former_towns() -> tuple[FormerTown, ...]:
    """Return the towns that were merged into another."""
    return tuple(FormerTown(**row) for row in read_rows(_FOLDER / "former_towns.csv"))
