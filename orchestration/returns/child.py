"""The marking child: one JSON request on stdin, one JSON answer on stdout, then it ends.

Opens one delivered file and writes its marked copy or its affected rows. Everything that can
abort, hang or exhaust memory on a file happens here, so that it may die. Started by ``copies``
only.
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
    """Serve one request; the first argument limits the address space, in bytes."""
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # a library that prints must not be able to speak in the protocol
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        print(json.dumps({"form": serve(json.load(sys.stdin))}), file=answers)


def serve(request: dict[str, Any]) -> str | None:
    """Write what the request asks for; return the form: ``marked``, ``rows``, or None.

    ``delivered``, ``findings`` (Parquet of the schema FINDINGS) and ``target`` are paths,
    ``contract`` is the kind's as JSON, ``name_key`` (hexadecimal) what masks the names of sheets.
    A workbook of up to ``cell_limit`` cells is marked; of anything else the rows are written. None
    for a file that cannot be read, or no affected row.
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
    """Return the number of cells of a workbook; of a csv no number is small enough to mark."""
    if sniff(delivered) == "text":
        return float("inf")
    return sum(facts.cell_count for facts in prescan(delivered).sheets.values())


if __name__ == "__main__":
    main()
