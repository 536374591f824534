"""A sentence written by the platform, together with the published figures and dates in it.

Code that writes a number knows which figure it is and attaches it to the text, so that nothing has
to guess it from the words around it. Everywhere else a sentence is a plain string. Add here what a
sentence can carry. The sentences are in the ``*wording`` modules; ``newsletter.fact_check``
compares them with the figures.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

CITY_PLACE = "全市"


@dataclass(frozen=True)
class FigureText:
    """A figure as written in a sentence: ``text``, and the place and measure it belongs to.

    ``place`` is a district's name or CITY_PLACE, ``measure`` names mart and column.
    """

    text: str
    place: str
    measure: str


@dataclass(frozen=True)
class DateText:
    """A day or month as written in a sentence; a month counts as its last day."""

    text: str
    day: date


class Sentence(str):
    """Text with its parts: plain words, figures, dates. Sentences can be joined."""

    parts: tuple[str | FigureText | DateText, ...]

    def __new__(cls, *parts: str | FigureText | DateText) -> Sentence:
        """Return the sentence of these parts; a sentence among them contributes its own parts."""
        flat: list[str | FigureText | DateText] = []
        for part in parts:
            flat += part.parts if isinstance(part, Sentence) else [part]
        text = "".join(part if isinstance(part, str) else part.text for part in flat)
        sentence = super().__new__(cls, text)
        sentence.parts = tuple(flat)
        return sentence


def joined(separator: str, sentences: list[Sentence]) -> Sentence:
    """Return the sentences as one, with ``separator`` between them."""
    parts: list[str | FigureText | DateText] = []
    for number, sentence in enumerate(sentences):
        parts += [separator, sentence] if number else [sentence]
    return Sentence(*parts)


def carrying(text: str, sentences: Collection[Sentence]) -> str:
    """Return a text with the figures of those sentences that it contains word for word."""
    if isinstance(text, Sentence):
        return text
    for sentence in sentences:
        before, found, behind = text.partition(sentence)
        if found:
            return Sentence(carrying(before, sentences), sentence, carrying(behind, sentences))
    return text


def table_figure(field: str, text: str) -> FigureText:
    """Return a figure of the table's total row as written in a sentence."""
    return FigureText(text, CITY_PLACE, f"rpt_district_monthly.{field}")


def without(names: Sequence[str]) -> str:
    """Return the districts that a total leaves out, in brackets; empty if there are none."""
    return f"（不含{'、'.join(names)}）" if names else ""
