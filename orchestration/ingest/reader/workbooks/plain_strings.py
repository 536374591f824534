"""The shared texts of a large workbook, counted by bytes and held against what is plain.

What the fast reader (calamine) might take otherwise is left to ``shared_strings``, which reads
element by element: ten times slower, and exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orchestration.ingest.reader.sheet import whole_number
from orchestration.ingest.reader.workbooks.shared_strings import SharedStrings

_UNIQUE_COUNT = re.compile(rb"""\buniqueCount\s*=\s*["'](\d+)["']""")
_ROOT = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>?]*\?>)?\s*<((?:\w+:)?)sst\s[^>]*>""")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)
_NAMES = (
    rb"si|t|r|rPr|rPh|phoneticPr|sst|b|i|u|sz|color|rFont|family|charset|scheme|strike|outline"
    rb"|shadow|condense|extend|vertAlign"
)


class OddStringsError(Exception):
    """The part has something that the fast reader may not read as it is meant."""


def scan_strings(blocks: Iterable[bytes]) -> tuple[SharedStrings, bool]:
    """Return the claimed and the true number of texts, and whether a run's form may hide any.

    Raises OddStringsError for anything but plain texts and runs of them.
    """
    rest, count, has_forms = b"", 0, False
    strange: re.Pattern[bytes] | None = None
    found = SharedStrings()
    ends: tuple[bytes, ...] = ()
    for block in blocks:
        rest += block
        if strange is None:
            root = _ROOT.match(rest)
            if not root or _ENCODING.match(rest):
                raise OddStringsError
            p = re.escape(root[1])
            found.claimed = claimed_count(root[0])
            strange = re.compile(rb"<(?!/?" + p + rb"(?:" + _NAMES + rb")[\s/>])")
            ends = (b"</" + root[1] + b"si>", b"<" + root[1] + b"si/>")
            rest = rest[root.end() :]
        tags, end, rest = rest.rpartition(b">")
        tags += end
        if strange.search(tags):
            raise OddStringsError
        has_forms = has_forms or b"strike" in tags or b"vertAlign" in tags
        count += sum(map(tags.count, ends))
    found.count = count
    return found, has_forms


def claimed_count(head: bytes) -> int | None:
    """Return the number of texts that the part says it has, None if it does not say."""
    claimed = _UNIQUE_COUNT.search(head)
    return whole_number(claimed[1]) if claimed else None
