"""The city's internal building code: the published algorithm that issues it.

A code is ``SZ``, nine characters of 0–9 and A–Z, and an ISO 7064 Mod 37,36 check character over
the eleven before it. The nine are the remainder by 36⁹ of the SHA-256 of ``<building>#<n>`` (UTF-8,
read as one big-endian number), written in base 36; ``<building>`` is the number under which
the building was first known, ``n`` is 0, or the smallest number whose code is not another
building's. So the same building gets the same code wherever and whenever it is issued, and no part
of it depends on a district, whose codes change. Codes are kept by ``identifiers``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from stdnum.iso7064 import mod_37_36

PREFIX, LENGTH = "SZ", 9
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def internal_code(building_id: str, attempt: int = 0, length: int = LENGTH) -> str:
    """Return the code of a building.

    >>> internal_code("GS0000001")
    'SZJNKCUKPZA7'
    """
    digest = hashlib.sha256(f"{building_id}#{attempt}".encode()).digest()
    number = int.from_bytes(digest, "big") % len(_DIGITS) ** length
    body = ""
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        body = _DIGITS[digit] + body
    return PREFIX + body + mod_37_36.calc_check_digit(PREFIX + body)


def issue(
    building_ids: Iterable[str], owners: Mapping[str, str], length: int = LENGTH
) -> tuple[dict[str, str], list[str]]:
    """Return a code for each building, and the buildings whose first choice was already taken.

    ``owners`` are the codes that were ever issued, with the building each was issued for. Codes
    are given in the order of building numbers, so a collision always has the same outcome.
    """
    taken, codes, collided = dict(owners), {}, []
    for building_id in sorted(set(building_ids)):
        attempt = 0
        code = internal_code(building_id, attempt, length)
        while taken.setdefault(code, building_id) != building_id:
            attempt += 1
            code = internal_code(building_id, attempt, length)
        if attempt:
            collided.append(building_id)
        codes[building_id] = code
    return codes, collided
