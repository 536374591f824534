"""What a spreadsheet would do with a text: the one home of which texts it takes for a formula.

Used by every file of ours that people open in one, workbook or CSV. How a writer keeps such a
text harmless is its own affair.
"""

from __future__ import annotations

#: Once somebody edits the cell, or opens the CSV; full-width signs too, where input is Chinese.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text.

    >>> looks_like_formula("=1+1"), looks_like_formula("1+1")
    (True, False)
    """
    return text.startswith(_FORMULA_STARTS)
