"""The child process that marks a file: one JSON request on stdin, one JSON answer on stdout.

It opens one delivered file and writes its marked copy or its affected rows. A bad file can crash
or hang this process or use up its memory without harm to the parent. Only ``copies`` starts it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from orchestration.ingest.reader.sniff import sniff
from orchestration.ingest.reader.workbooks.prescan import prescan
from orchestration.ingest.reading import Refusal
from orchestration.reference.contracts import Contract
from orchestration.returns.affected import write_affected_rows
from orchestration.returns.marking import UnfaithfulCopyError, write_marked_copy


def main() -> None:
    """Serve one request; the first argument is the limit of the address space in bytes."""
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # what a library prints must not mix with the answer
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        print(json.dumps({"form": serve(json.load(sys.stdin))}), file=answers)


def serve(request: dict[str, Any]) -> str | None:
    """Write the requested file; return what was written: ``marked``, ``rows``, or None.

    ``delivered``, ``findings`` (Parquet of the schema FINDINGS) and ``target`` are paths,
    ``contract`` is the kind's contract as JSON, ``name_key`` (hexadecimal) masks sheet names. A
    workbook of up to ``cell_limit`` cells is marked; for other files only the affected rows are
    written. None if the file cannot be read or has no affected row.
    """
    delivered, target = Path(request["delivered"]), Path(request["target"])
    findings = pq.read_table(request["findings"]).to_pylist()
    key = bytes.fromhex(request["name_key"])
    try:
        if _cell_count(delivered) <= request["cell_limit"]:
            try:
                write_marked_copy(delivered, findings, target, key)
                return "marked"
            except UnfaithfulCopyError:
                pass
        contract = Contract.model_validate_json(request["contract"])
        has_rows = write_affected_rows(delivered, contract, findings, target, key)
        return "rows" if has_rows else None
    except Refusal:
        return None


def _cell_count(delivered: Path) -> float:
    """Return the number of cells of a workbook; infinite for a csv, which cannot be marked."""
    if sniff(delivered) == "text":
        return float("inf")
    return sum(facts.cell_count for facts in prescan(delivered).sheets.values())


if __name__ == "__main__":
    main()
