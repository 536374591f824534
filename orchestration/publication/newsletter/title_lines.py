"""Divides a title into lines that end between words and are about equally long.

GB/T 9704 asks for titles whose lines keep words whole and are of fitting lengths. Where words end
is known by a kept segmenter (jieba's dictionary); docx and pdf break where this module says, the
page where its phrases end.
"""

from __future__ import annotations

from functools import cache

from orchestration.formats.xlsx import shown_width

#: A line begins with none of these, and ends with none of those.
_NEVER_FIRST, _NEVER_LAST = "”’》〉）】〕、，。：；？！·—", "“‘《〈（【〔"


def title_lines(title: str, width: int) -> tuple[str, ...]:
    """Return a title in as few lines as ``width`` full-width characters allow, evenly filled.

    >>> title_lines("市住建局拟启动“危房数字化智能监管场景建设”研究应用工作", 19)
    ('市住建局拟启动“危房数字化智能', '监管场景建设”研究应用工作')
    """
    pieces = _pieces(title)
    whole = sum(map(shown_width, pieces))
    lines = -(-whole // (2 * width))
    while True:
        # the possible breaks nearest to even shares of the width
        divided = _divided(pieces, whole / max(lines, 1))
        if all(shown_width(line) <= 2 * width for line in divided) or lines > len(pieces):
            return divided
        lines += 1


def _divided(pieces: tuple[str, ...], share: float) -> tuple[str, ...]:
    """Return lines that end at the breaks nearest to every multiple of ``share``."""
    lines, line, done = [""], 1, 0
    for piece in pieces:
        end = done + shown_width(piece)
        # more of the piece beyond the share than before it: it begins the next line
        if lines[-1].strip() and end - line * share > line * share - done:
            lines.append("")
            line += 1
        lines[-1] += piece
        done = end
    return tuple(text.strip() for text in lines)


@cache
def _pieces(title: str) -> tuple[str, ...]:
    """Return a title's words, each with the punctuation that may not be parted from it."""
    # 5 MB of dictionary; loaded by the first title
    import rjieba

    pieces = [""]
    for word in rjieba.cut(title):
        is_first = pieces[-1] and pieces[-1][-1] not in _NEVER_LAST
        if is_first and word[0] not in _NEVER_FIRST:
            pieces.append("")
        pieces[-1] += word
    return tuple(pieces)
