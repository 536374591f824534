"""Loads the findings of a district's month from the ledger for its return package.

Here: the deliveries of one district and month with their findings, with headers instead of field
names and with texts that can be printed. Nothing is judged and no delivered file is opened.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.rule_files import load_rulebooks
from expectations.rulebook import Rule
from orchestration.formats.plain_text import printable, printable_text
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month
from orchestration.reference.vocabulary import WHOLE_TITLE
from orchestration.settings import Settings
from orchestration.store.files import verified
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival, Judgement, StoredFile, Verdict

#: One row per finding; ``header`` is the contract's header of the field, ``file_name`` which file
#: of the delivery it is of.
FINDINGS = pa.schema(
    [
        ("rule_id", pa.string()),
        ("severity", pa.string()),
        ("file_name", pa.string()),
        ("sheet", pa.string()),
        ("row_number", pa.int32()),
        ("cell", pa.string()),
        ("header", pa.string()),
        ("message", pa.string()),
        ("remedy", pa.string()),
    ]
)


class NotJudgedError(ValueError):
    """The ledger has no usable judgement of a district's month; the message says why."""


@dataclass(frozen=True)
class Delivery:
    """One kind of a district's month: its judgement, its arrival if there is one, its findings.

    ``findings`` has the schema FINDINGS, in the order of rows and cells; ``days_late`` is None
    if nothing arrived, or if the platform was set up after the deadline.
    """

    title: str
    judgement: Judgement
    arrival: Arrival | None
    findings: pa.Table
    days_late: int | None = None

    @property
    def kind(self) -> str:
        """The export kind, or ``delivery`` for the month as a whole."""
        return self.judgement.kind

    @property
    def file_name(self) -> str:
        """The delivered file's name in printable characters; empty if there is none."""
        return printable_text(self.arrival.file_name) if self.arrival else ""

    @property
    def is_in_parts(self) -> bool:
        """Whether it came in several files that are one delivery."""
        return self.arrival is not None and len(self.arrival.parts) > 1

    @property
    def is_whole(self) -> bool:
        """Whether this is the district's month as a whole rather than one kind."""
        return self.kind not in load_contracts()

    @cached_property
    def count_by_severity(self) -> Counter[str]:
        """Number of findings by severity."""
        return Counter(self.findings["severity"].to_pylist())

    @cached_property
    def count_by_rule(self) -> Counter[str]:
        """Number of findings by rule id."""
        return Counter(self.findings["rule_id"].to_pylist())


def load_deliveries(
    settings: Settings, ledger: Ledger, month: Month, district_id: str
) -> list[Delivery]:
    """Return every kind a district owes for a month, and the month as a whole, with findings.

    Raises NotJudgedError if the month was not judged yet or by rules that no longer exist,
    StoredFileDamageError if stored findings have changed on disk.
    """
    judgements = ledger.judgements(month, district_id)
    if not judgements:
        raise NotJudgedError(
            f"{month} has not been judged for {district_id}; run: fangan month {month}"
        )
    late = ledger.days_late(month)
    order = {kind: number for number, kind in enumerate(load_contracts())}
    judgements.sort(key=lambda judgement: order.get(judgement.kind, -1))
    return [
        _delivery(settings, ledger, judgement, late.get((district_id, judgement.kind)))
        for judgement in judgements
    ]


def rule_of(judgement: Judgement, rule_id: str) -> Rule:
    """Return a rule of the judgement's kind; raise NotJudgedError if it no longer exists."""
    for rule in load_rulebooks()[judgement.kind].rules:
        if rule.id == rule_id:
            return rule
    raise NotJudgedError(
        f"{judgement.kind} of {judgement.district_id} was judged by rule {rule_id}, which no "
        f"longer exists; run: fangan month {judgement.month}"
    )


def _delivery(
    settings: Settings, ledger: Ledger, judgement: Judgement, days_late: int | None
) -> Delivery:
    contract = load_contracts().get(judgement.kind)
    delivered = judgement.delivery_id
    return Delivery(
        title=contract.title if contract else WHOLE_TITLE,
        judgement=judgement,
        arrival=ledger.arrival(delivered) if delivered is not None else None,
        findings=_findings(settings, judgement),
        days_late=days_late,
    )


def _findings(settings: Settings, judgement: Judgement) -> pa.Table:
    """Return the findings of a judgement; failed rules without a place come first."""
    stored = judgement.files.get("findings")
    placed = _placed(settings, stored, judgement.kind) if stored else FINDINGS.empty_table()
    known = set(placed["rule_id"].to_pylist())
    unplaced = [
        _unplaced(judgement, verdict)
        for verdict in judgement.verdicts
        if verdict.outcome == "fail" and verdict.rule_id not in known
    ]
    return pa.concat_tables([pa.Table.from_pylist(unplaced, FINDINGS), placed])


def _placed(settings: Settings, stored: StoredFile, kind: str) -> pa.Table:
    table = pq.read_table(verified(settings.home / stored.path, stored.sha256))
    headers = _headers(table["field"].combine_chunks(), kind)
    columns = {name: table[name] for name in FINDINGS.names if name != "header"}
    columns["header"] = headers
    for name in ("file_name", "sheet", "cell", "message", "remedy"):
        columns[name] = printable(columns[name])
    return pa.table([columns[name] for name in FINDINGS.names], schema=FINDINGS)


def _headers(fields: pa.StringArray, kind: str) -> pa.StringArray:
    contract = load_contracts().get(kind)
    names = {column.name: column.header for column in contract.columns} if contract else {}
    distinct = pc.dictionary_encode(fields)
    headers = [names.get(field, field) for field in distinct.dictionary.to_pylist()]
    return pa.array(headers, pa.string()).take(distinct.indices)


def _unplaced(judgement: Judgement, verdict: Verdict) -> dict[str, str]:
    rule = rule_of(judgement, verdict.rule_id)
    reason = f"（{verdict.reason}）" if verdict.reason else ""
    return {
        "rule_id": rule.id,
        "severity": rule.severity,
        "sheet": "",
        "message": f"{rule.sentence}{reason}",
        "remedy": rule.remedy,
    }
