"""Which texts a spreadsheet would take for a formula.

All our workbooks and CSV files use it. Each writer decides how to keep such a text harmless.
"""

from __future__ import annotations

#: In an edited cell or an opened CSV; also full-width signs, with Chinese input.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text.

    >>> looks_like_formula("=1+1"), looks_like_formula("1+1")
    (True, False)
    """
    return text.startswith(_FORMULA_STARTS)
