"""Which of an issue's texts stand on the page of the table, and which on its last page.

The table stays next to the sentence that announces it. The last page has the end matter and what
comes after the table; notes too many for the table's page go there too, since a page with the rest
of the notes alone would be one too many. docx and pdf follow the same plan.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.formats.xlsx import shown_width
from orchestration.masthead import BEFORE
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.publication.newsletter.title_lines import title_lines

#: Full-width characters in a line of the title, the text and the notes, on 156 mm; one is left for
#: the space that programs add between Chinese and figures.
TITLE_WIDTH, _TEXT_WIDTH, _NOTE_WIDTH = 19, 26, 41
#: Points: the text's height, and the lines of title, text and notes.
_PAGE, _TITLE, _TEXT, _NOTE = 637, 32, 28, 16
#: Points of the table with its two-row header, and of the space around title and units.
_TABLE_ROW, _AROUND = 21, 40


@dataclass(frozen=True)
class PagePlan:
    """The texts above the table, the notes below it, and the texts and notes of the last page.

    ``title`` is in lines. Notes are whole, ``注1：…``.
    """

    title: tuple[str, ...]
    above: tuple[str, ...]
    notes: tuple[str, ...]
    below: tuple[str, ...]
    last_notes: tuple[str, ...]

    @property
    def has_last_text(self) -> bool:
        """Whether the last page has anything but the end matter."""
        return bool(self.below or self.last_notes)


def plan_pages(issue: Newsletter) -> PagePlan:
    """Return where the texts of 数据统计 stand, by the office's setting and by their length."""
    title = title_lines(issue.bulletin.title, TITLE_WIDTH)
    above, below = _around_table(issue)
    notes = tuple(
        f"注{number}：{note}" for number, note in enumerate(issue.bulletin.notes, start=1)
    )
    taken = _AROUND + _TEXT + len(title) * _TITLE + (len(issue.bulletin.rows) + 3) * _TABLE_ROW
    taken += sum(_lines(text, _TEXT_WIDTH) for text in above) * _TEXT
    fits = taken + sum(_lines(note, _NOTE_WIDTH) for note in notes) * _NOTE <= _PAGE
    return PagePlan(title, above, notes if fits else (), below, () if fits else notes)


def _around_table(issue: Newsletter) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paragraphs above and below the table; the one that announces it is its last."""
    announcing = [text for text in issue.statistics if text.endswith("：")][:1]
    others = tuple(text for text in issue.statistics if text not in announcing)
    if not announcing or issue.masthead.sentences == BEFORE:
        return (*others, *announcing), ()
    return tuple(announcing), others


def _lines(text: str, width: int) -> int:
    return -(-shown_width(text) // (2 * width))
