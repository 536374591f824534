"""The reading child: one JSON request a line on stdin, one JSON answer a line on stdout.

Everything that can abort, hang or exhaust memory on a delivered file happens in this process,
so that it may die. Started by ``readers`` only; imports neither Dagster nor pandas.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO

import pyarrow as pa

from orchestration.contracts import Contract
from orchestration.ingest.pipeline import read_file


def main() -> None:
    """Serve requests until stdin ends; the first argument limits the address space, in bytes."""
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Arrow's own pool keeps what it once had, so that every file would make the child larger
    pa.set_memory_pool(pa.system_memory_pool())
    answers = _claim_stdout()
    sys.excepthook = partial(_tell_fault, answers)
    for request in sys.stdin:
        print(_answer(json.loads(request)), file=answers, flush=True)


def _claim_stdout() -> IO[str]:
    """Return the real stdout and lead everything else printed to stderr.

    A library that prints must not be able to speak in the protocol.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _answer(request: dict[str, str]) -> str:
    reading = read_file(
        Path(request["path"]),
        Contract.model_validate_json(request["contract"]),
        Path(request["landing"]),
        Path(request["notes"]),
    )
    return json.dumps({"reading": reading.to_json()})


def _tell_fault(
    answers: IO[str],
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """Answer with the place of a fault of our own, without the values it met, and end.

    Exhausted memory and a panic of the reader (no Exception) are the file's doing: they end
    the child without an answer.
    """
    if issubclass(kind, Exception) and not issubclass(kind, MemoryError):
        places = reversed(traceback.extract_tb(trace))
        where = " < ".join(f"{Path(place.filename).name}:{place.lineno}" for place in places)
        print(json.dumps({"fault": f"{kind.__name__} at {where}"}), file=answers, flush=True)


if __name__ == "__main__":
    main()
