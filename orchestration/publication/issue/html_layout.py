"""The parts of a topic on the page: sentences, charts, and tables of finished text.

The template shows every ``Topic`` in the same way. Topics are made in ``html_topics`` and
``html_revisions``.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.publication.charts.district_charts import Chart


@dataclass(frozen=True)
class Table:
    """A table of finished text; the first cell names the row, ``texts`` are columns of words.

    The other columns are figures. ``metrics`` has the metric of each header after the first, empty
    if there is none; the header links to its definition. With ``has_total`` the last row is the
    city's. With ``summary`` the table is collapsed until a reader opens it.
    """

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    metrics: tuple[str, ...] = ()
    texts: frozenset[int] = frozenset()
    has_total: bool = False
    summary: str = ""

    def metric_of(self, column: int) -> str:
        """Return the metric of a column, counted from 0; empty if it has none."""
        return self.metrics[column - 1] if 0 < column <= len(self.metrics) else ""


@dataclass(frozen=True)
class Topic:
    """One topic; ``marks`` are shown beside its title, ``note`` is its as-at date.

    An empty one has only a sentence, which says that there are no data.
    """

    topic_id: str
    title: str
    sentences: tuple[str, ...]
    note: str = ""
    marks: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    is_empty: bool = False
