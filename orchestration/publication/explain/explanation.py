"""Explains a figure of the table: its definition, its vintages, and the rows behind it.

Rows are identified by file, sheet, row number and key; nothing else of them is shown. A released
figure is explained by the rows that its release kept, even after new deliveries. Add here what a
person who doubts a figure would ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.formats.sql import Record, in_memory, literal, quoted, records
from orchestration.publication.database.reading import MARTS, is_monthly, marts_of
from orchestration.publication.database.released_cache import VINTAGE_COLUMN
from orchestration.publication.database.released_rows import load_release_set
from orchestration.publication.database.row_files import judged_rows, kept_rows, verified_rows
from orchestration.publication.database.vintage_tables import FIGURES
from orchestration.publication.explain.counted_rows import counted_rows, quarantined_rows
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.reference.measures import (
    EXACT,
    MEASURED,
    REPORT,
    Measured,
    measured_in,
    parts_give,
    rows_give,
)
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.manifests import read_manifest
from orchestration.store.releases import ReleaseState


class CannotExplainError(LookupError):
    """There is no such figure; the message lists what exists."""


def explain(
    settings: Settings,
    ledger: Ledger,
    month: Month,
    district_id: str,
    measure: str,
    vintage: int | None = None,
) -> Record:
    """Explain a figure; ``vintage`` None is the published one, 0 that of the last run.

    ``measure`` is a column of the table or its Chinese name; other metrics of the registry are
    explained by their definition and the measures in their formula. ``adds_up`` says whether the
    rows add up to the figure. Raises CannotExplainError and StoredFileDamageError.
    """
    state = ledger.release_state(month)
    shown = state.shown.number if state.shown else 0
    figures = _Figures(settings, ledger, state, shown if vintage is None else vintage)
    with figures.opened() as connection:
        metric = figures.metric(connection, measure)
        row = figures.row(connection, district_id)
        explained = _described(metric) | {
            "month": str(month),
            "district_id": district_id,
            "district_code": row["district_code"],
            "district_name": row["district_name"],
            "vintage": figures.vintage,
        }
        if metric["metric_id"] not in MEASURED:
            parts = measured_in(metric["formula"])
            return explained | {
                "components": [{"measure": name, "value": row[name]} for name in parts]
            }
        return explained | figures.explained(connection, district_id, metric["metric_id"])


def _described(metric: Record) -> Record:
    names = ("chinese_name", "definition", "formula", "unit", "kind")
    return {"measure": metric["metric_id"], **{name: metric[name] for name in names}}


class _Figures:
    """One month in one vintage: its marts, and the files of its rows."""

    def __init__(
        self, settings: Settings, ledger: Ledger, state: ReleaseState, vintage: int
    ) -> None:
        self.settings, self.ledger, self.state = settings, ledger, state
        self.month, self.vintage = state.month, vintage
        release = state.vintage(vintage)
        if release is None and vintage != 0:
            known = "、".join(str(v.number) for v in state.vintages) or "无"
            raise CannotExplainError(
                f"{self.month}没有第{vintage}版，已发布：{known}。There is no vintage {vintage}."
            )
        self.manifest = read_manifest(settings, release) if release else None

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Attach the last run's marts and those of all releases."""
        if not self.settings.warehouse.exists():
            raise CannotExplainError(f"还没有统计过。Run it first: fangan month {self.month}")
        rows = load_release_set(self.settings, self.ledger).rows
        with in_memory() as connection:
            warehouse = literal(self.settings.warehouse)
            connection.execute(f"attach {warehouse} as warehouse (read_only)")
            if rows:
                connection.execute(f"attach {literal(rows)} as released (read_only)")
            yield connection

    def metric(self, connection: duckdb.DuckDBPyConnection, measure: str) -> Record:
        """Return a metric of the registry, as it was when the vintage was released."""
        source = f"warehouse.{MARTS}.dim_metric"
        if self.manifest:
            kept = self.manifest["context"]["marts"]["dim_metric"]
            path = verified(self.settings.home / kept["path"], kept["sha256"])
            source = f"read_parquet({literal(path)})"
        metrics = records(connection, f"from {source} order by metric_id")
        for metric in metrics:
            if measure in (metric["metric_id"], metric["chinese_name"]):
                return metric
        known = "、".join(f"{name}（{m['chinese_name']}）" for name in MEASURED for m in metrics
                         if m["metric_id"] == name)  # fmt: skip
        raise CannotExplainError(
            f"没有指标 {measure!r}。These are explained by their rows: {known}"
        )

    def _select(
        self, connection: duckdb.DuckDBPyConnection, table: str, district_id: str | None
    ) -> list[Record]:
        """Return a mart's rows of the month in this vintage, of one district or all."""
        database = "released" if self.manifest else "warehouse"
        columns = marts_of(connection, database).get(table, {})
        order = ", ".join(quoted(name) for name in columns)
        conditions = [f"month = {literal(self.month.first_day)}"]
        if self.manifest:
            conditions.append(f"{VINTAGE_COLUMN} = {self.vintage}")
        if district_id:
            conditions.append(f"district_id = {literal(district_id)}")
        assert is_monthly(columns)
        return records(
            connection,
            f"from {database}.{MARTS}.{quoted(table)}"
            f" select columns(lambda name: name <> {literal(VINTAGE_COLUMN)})"
            f" where {' and '.join(conditions)} order by {order}",
        )

    def row(self, connection: duckdb.DuckDBPyConnection, district_id: str) -> Record:
        """Return a district's row of the table."""
        rows = self._select(connection, FIGURES, district_id)
        if not rows:
            raise CannotExplainError(f"还没有统计过。Run it first: fangan month {self.month}")
        return rows[0]

    def explained(
        self, connection: duckdb.DuckDBPyConnection, district_id: str, measure: str
    ) -> Record:
        """Return a measure of a district with its rows, or of the city with its districts."""
        row, measured = self.row(connection, district_id), MEASURED[measure]
        explained = {
            "value": row[measure],
            "basis": row[measured.basis],
            "is_partial": row["is_partial"],
            "values": self._values(connection, district_id, measure),
        }
        if district_id == CITY_ID:
            return explained | self._districts(connection, measure, measured)
        return explained | self._rows(connection, district_id, measure, row)

    def _values(
        self, connection: duckdb.DuckDBPyConnection, district_id: str, measure: str
    ) -> list[Record]:
        """Return the figure in every vintage, starting with the last run."""
        place = f"month = {literal(self.month.first_day)}"
        of_district = f"{place} and district_id = {literal(district_id)}"
        values = records(
            connection,
            f"select 0 as vintage, 'working' as status, {quoted(measure)} as value"  # noqa: S608 - our names, quoted
            f" from warehouse.{MARTS}.{FIGURES} where {of_district}",
        )
        if not self.state.vintages:
            return values
        kept = {
            record["vintage"]: record["value"]
            for record in records(
                connection,
                f"select {VINTAGE_COLUMN} as vintage, {quoted(measure)} as value"  # noqa: S608 - our names, quoted
                f" from released.{MARTS}.{FIGURES} where {of_district}",
            )
        }
        return values + [
            {"vintage": v.number, "status": v.status, "value": kept[v.number],
             "released_at": v.release.decided_at, "reason_code": v.release.reason_code}
            for v in self.state.vintages
        ]  # fmt: skip

    def _districts(
        self, connection: duckdb.DuckDBPyConnection, measure: str, measured: Measured
    ) -> Record:
        rows = sorted(self._select(connection, FIGURES, None), key=lambda row: row["sort_order"])
        exact = EXACT.get(measure, measure)
        return {
            "districts": [
                {
                    "district_id": row["district_id"],
                    "district_name": row["district_name"],
                    "value": row[measure],
                    "basis": row[measured.basis],
                }
                for row in rows[:-1]
            ],
            "adds_up": parts_give(rows[-1][exact], (row[exact] for row in rows[:-1])),
        }

    def _rows(
        self, connection: duckdb.DuckDBPyConnection, district_id: str, measure: str, row: Record
    ) -> Record:
        """Return the rows behind the figure, and the decisions on other rows of their kind."""
        measured = MEASURED[measure]
        basis = row[measured.basis]
        kind = measured.ledger if basis == "ledger" else REPORT
        delivery, corrections, waivers = (
            [r for r in self._select(connection, table, district_id) if r["kind"] == kind]
            for table in ("rpt_delivery", "rpt_correction", "rpt_waiver")
        )
        files = {} if basis == "missing" else self._files(district_id, kind)
        contract = load_contracts()[kind]
        counted = (
            counted_rows(connection, files["accepted"], contract, measure, basis)
            if "accepted" in files
            else []
        )
        total = sum((r["contribution"] for r in counted), Decimal(0))
        return {
            "delivery": delivery[0] if delivery else None,
            "row_count": len(counted),
            "rows": counted,
            "adds_up": rows_give(measure, row[measure], total),
            "corrections": corrections,
            "waivers": waivers,
            "not_counted": (
                quarantined_rows(connection, files["quarantine"], contract)
                if "quarantine" in files
                else []
            ),
        }

    def _files(self, district_id: str, kind: str) -> Mapping[str, Path]:
        """Return the verified files of a delivery's accepted and quarantined rows."""
        stored = kept_rows(self.manifest) if self.manifest else judged_rows(self.ledger, self.month)
        place = (district_id, kind)
        return verified_rows(self.settings, {place: stored.get(place, {})})[place]
