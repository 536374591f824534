"""The open tables of a month: the rows of the published file that the public gets.

It reads the month's rows of the open marts in a total order and leaves out small counts. Add here
what decides on rows or cells. ``public_marts`` says which marts are open, ``writing`` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from orchestration.formats.sql import literal, quoted
from orchestration.publication.database.reading import MARTS, is_monthly, marts_of, open_statistics
from orchestration.publication.open_data.disclosure_control import suppressed_below
from orchestration.publication.open_data.public_marts import PublicMart, Suppression, public_marts
from orchestration.reference.months import Month

#: The column with the names of a row's suppressed figures, divided by spaces; null without any.
SUPPRESSED = "suppressed_measures"
_SUPPRESSED_WORDS = "隐去的指标 · names of the figures of this row that were left out as too small"


@dataclass(frozen=True)
class OpenColumn:
    """A column: its DuckDB type, its Chinese name and its meaning.

    ``kind`` is the metric's, a key of ``vocabulary.METRIC_KINDS``; None if it is no metric.
    """

    name: str
    data_type: str
    title: str
    description: str
    kind: str | None = None


@dataclass(frozen=True)
class OpenTable:
    """One open mart's rows of the month, in the order of its columns."""

    mart: PublicMart
    columns: tuple[OpenColumn, ...]
    rows: pa.Table

    @property
    def name(self) -> str:
        """The name of the mart and of its files."""
        return self.mart.name


def load_open_tables(statistics: Path, month: Month) -> list[OpenTable]:
    """Return the month's open tables by name, without open marts that the file lacks.

    Raises FileNotFoundError without a published file.
    """
    with open_statistics(statistics) as connection:
        types = marts_of(connection, "statistics")
        tables = {
            name: OpenTable(
                mart=mart,
                columns=tuple(
                    _column(column, type_, mart.columns.get(column, ""), mart.kinds.get(column))
                    for column, type_ in types[name].items()
                ),
                rows=connection.sql(_query(mart, types[name], month)).to_arrow_table(),
            )
            for name, mart in public_marts().items()
            if name in types
        }
    return list(_without_small_counts(tables).values())


def _column(name: str, data_type: str, comment: str, kind: str | None = None) -> OpenColumn:
    """Split a comment into name and meaning, which come before and after its first ``·``."""
    title, _, description = comment.partition("·")
    return OpenColumn(name, data_type, title.strip() or name, description.strip(), kind)


def _query(mart: PublicMart, types: Mapping[str, str], month: Month) -> str:
    conditions = [f"({mart.rows})"] if mart.rows else []
    if is_monthly(types):
        conditions.append(f"month = {literal(month.first_day)}")
    where = f" where {' and '.join(conditions)}" if conditions else ""
    leading = ["sort_order"] if "sort_order" in types else []
    order = [*leading, *mart.key, *types]
    return (
        f"from {MARTS}.{quoted(mart.name)}{where}"
        f" order by {', '.join(quoted(column) for column in dict.fromkeys(order))}"
    )


def _without_small_counts(tables: dict[str, OpenTable]) -> dict[str, OpenTable]:
    """Leave out small counts, starting with tables that are totals of others."""
    safe = dict(tables)
    hidden_of: dict[str, dict[str, set[object]]] = {}
    suppressing = [table for table in tables.values() if table.mart.suppression]
    for table in sorted(suppressing, key=lambda t: (_totals(t) is not None, t.name)):
        rule = table.mart.suppression
        assert rule is not None  # chosen for it
        hidden = _hidden(table, rule, hidden_of.get(rule.totals or "", {}))
        hidden_of[table.name] = {
            measure: set(_keys(table, places)) for measure, places in hidden.items()
        }
        safe[table.name] = _blanked(table, rule, hidden)
    return safe


def _totals(table: OpenTable) -> str | None:
    return table.mart.suppression.totals if table.mart.suppression else None


def _hidden(
    table: OpenTable, rule: Suppression, hidden_totals: Mapping[str, set[object]]
) -> dict[str, frozenset[int]]:
    """Return the rows whose figure is left out, by measure."""
    groups = _named(table, rule.within_columns)
    return {
        measure: suppressed_below(
            table.rows[measure].to_pylist(), groups, hidden_totals.get(measure, set())
        )
        for measure in rule.measures
    }


def _named(table: OpenTable, columns: tuple[str, ...]) -> list[object]:
    return list(zip(*(table.rows[column].to_pylist() for column in columns), strict=True))


def _keys(table: OpenTable, places: frozenset[int]) -> list[object]:
    """Return the rows' keys without the month, by which the rows below them are grouped."""
    keys = _named(table, tuple(column for column in table.mart.key if column != "month"))
    return [keys[place] for place in places]


def _blanked(
    table: OpenTable, rule: Suppression, hidden: Mapping[str, frozenset[int]]
) -> OpenTable:
    """Empty the hidden cells and list them in a last column of each row."""
    names: list[list[str]] = [[] for _ in range(table.rows.num_rows)]
    rows = table.rows
    for measure, followers in rule.measures.items():
        for column in (measure, *followers):
            cells = rows[column].to_pylist()
            for place in hidden[measure]:
                cells[place] = None
                names[place].append(column)
            number = rows.schema.get_field_index(column)
            field = rows.schema.field(number)
            rows = rows.set_column(number, field, pa.array(cells, field.type))
    suppressed = [" ".join(row) for row in names]
    return with_texts(replace(table, rows=rows), SUPPRESSED, suppressed, _SUPPRESSED_WORDS)


def with_texts(table: OpenTable, name: str, texts: Sequence[str], comment: str) -> OpenTable:
    """Return a table with a last column of texts, null where they are empty."""
    return replace(
        table,
        rows=table.rows.append_column(name, pa.array([t or None for t in texts], pa.string())),
        columns=(*table.columns, _column(name, "VARCHAR", comment)),
    )
