"""What a topic of the page is laid out from: its sentences, charts and tables of finished text.

The template lays every ``Topic`` out alike; what they hold is ``issue.html_topics``'.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.publication.charts.district_charts import Chart


@dataclass(frozen=True)
class Table:
    """A table of finished text: the first cell of a row names it, ``texts`` are columns of words.

    Other columns are figures; ``metrics`` names the metric of each header after the first, empty
    where it has none, so that a reader is led to its definition. With ``has_total`` the last row
    is the city's. ``summary`` makes it one that a reader opens.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    metrics: tuple[str, ...] = ()
    texts: frozenset[int] = frozenset()
    has_total: bool = False
    summary: str = ""

    def metric_of(self, column: int) -> str:
        """Return the metric of a column, the first being 0; empty where it has none."""
        return self.metrics[column - 1] if 0 < column <= len(self.metrics) else ""


@dataclass(frozen=True)
class Topic:
    """One topic: ``marks`` stand beside its title, ``note`` is the date it stands at."""

    topic_id: str
    title: str
    sentences: tuple[str, ...]
    note: str = ""
    marks: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
