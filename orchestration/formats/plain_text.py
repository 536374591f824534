"""Makes text from outside safe to show on a page, in a document or on a terminal.

Each medium has characters that it cannot contain or that would deceive its reader; they are shown
as ``�``. Add a medium here when we write text to another one. ``spreadsheet_text`` says which texts
a spreadsheet would run.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_SHOWN_INSTEAD = "\N{REPLACEMENT CHARACTER}"
#: Controls except tab and line feed, and characters that reverse the text after them: a file name
#: could otherwise appear with another ending.
_DECEIVING = [
    *range(0x00, 0x09),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    0x061C,
    *range(0x200E, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xFFFE, 0x10000),
]
_ON_A_PAGE = dict.fromkeys(_DECEIVING, _SHOWN_INSTEAD)
#: Control characters and the two code points that neither XML nor Word can hold.
_UNPRINTABLE = r"[\x00-\x08\x0B-\x1F\x7F\x{FFFE}\x{FFFF}]"


def page_text(text: str) -> str:
    """Return a text for a page, without characters that would deceive its reader.

    >>> page_text("cod\N{RIGHT-TO-LEFT OVERRIDE}.xlsx")
    'cod�.xlsx'
    """
    return text.translate(_ON_A_PAGE)


def printable(texts: pa.StringArray | pa.ChunkedArray) -> pa.StringArray | pa.ChunkedArray:
    """Return texts for a workbook or letter, without characters that it cannot contain."""
    return pc.replace_substring_regex(texts, _UNPRINTABLE, _SHOWN_INSTEAD)


def printable_text(text: str) -> str:
    """Return one text for a workbook or letter; see ``printable``."""
    safe: str = printable(pa.array([text]))[0].as_py()
    return safe


def terminal_text(text: str) -> str:
    r"""Return a text that cannot steer the terminal; line feeds stay.

    >>> terminal_text("a\x1b[2Jb")
    'a�[2Jb'
    """
    return "".join(char if char.isprintable() or char == "\n" else _SHOWN_INSTEAD for char in text)
