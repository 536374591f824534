"""A home whose ledger holds two accepted registers, for the tests of matching and its review."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.matching.month import match_month, result_file
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement, StoredFile


class Home:
    """A home with a ledger, in which registers are accepted as if judged."""

    def __init__(self, folder) -> None:
        self.settings = Settings(raw=folder / "raw", home=folder / "home").prepare()
        self.ledger = Ledger(self.settings.ledger)

    def accept(self, month: Month, kind: str, rows) -> None:
        schema = pa.schema([(field, pa.string()) for field in load_contracts()[kind].fields])
        path = self.settings.accepted / f"{month}-{kind}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema), path)
        stored = StoredFile(str(path.relative_to(self.settings.home)), sha256_of(path))
        files, count = {"accepted": stored}, len(rows)
        judgement = Judgement(
            month, "city", kind, None, "f", "accepted", None, count, count, 0, 0, files, ()
        )
        self.ledger.record_judgements([judgement])

    def match(self, month: Month):
        return match_month(self.settings, self.ledger, month)

    def rows(self, month: Month, name: str = "codes"):
        rows = pq.read_table(result_file(self.settings, month, name)).to_pylist()
        return sorted(rows, key=lambda row: tuple(row.values()))
