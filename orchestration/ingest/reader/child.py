"""The reading child: one JSON request a line on stdin, one JSON answer a line on stdout.

Before the answer about a file comes a line with its number of rows, should it not be told any more.

Everything that can abort, hang or exhaust memory on a delivered file happens in this process,
which may die without harm. Started by ``reader_pool`` only; imports neither Dagster nor pandas.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable
from functools import partial
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import TracebackType
from typing import IO

import pyarrow as pa

from orchestration.ingest.reader.pipeline import read_file
from orchestration.ingest.reading import Reading
from orchestration.reference.contracts import Contract

#: A ledger of 125,000 buildings is no larger; what such a file needs in memory leaves room.
_SMALL_FILE_BYTES = 24 << 20
#: How many blocks the C library may ask of the system one by one, and how much of what was freed
#: it keeps: for a small file and for a large one.
_KEPT, _GIVEN_BACK = (0, 512 << 20), (65_536, 256 << 10)
#: From which size on a block is asked for by itself.
_OWN_BLOCK_BYTES = 256 << 10
#: Options of ``mallopt``, as in the C library's ``malloc.h``.
_MMAP_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -4, -3, -1


def main() -> None:
    """Serve requests until stdin ends; the first argument limits the address space, in bytes."""
    limit = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Arrow's own pool keeps what it once had, so that every file would make the child larger
    pa.set_memory_pool(pa.system_memory_pool())
    sys.meta_path.insert(0, _WithoutPandas())
    answers = _claim_stdout()
    sys.excepthook = partial(_tell_fault, answers)
    for request in sys.stdin:
        tell = partial(_tell, answers)
        tell({"reading": _reading(json.loads(request), tell).to_json()})


class _WithoutPandas(MetaPathFinder):
    """Finds no pandas, which Arrow would load to ask if a list that it is given is one of its."""

    def find_spec(self, name: str, *_: object) -> None:
        """Raise ModuleNotFoundError for pandas, leave all else to other finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def _claim_stdout() -> IO[str]:
    """Return the real stdout and lead everything else printed to stderr.

    A library that prints must not be able to speak in the protocol.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _tell(answers: IO[str], answer: dict[str, object]) -> None:
    print(json.dumps(answer), file=answers, flush=True)


def _reading(request: dict[str, str], tell: Callable[[dict[str, object]], None]) -> Reading:
    path = Path(request["path"])
    _fit_allocator(path.stat().st_size)
    return read_file(
        path,
        Contract.model_validate_json(request["contract"]),
        Path(request["landing"]),
        Path(request["notes"]),
        bytes.fromhex(request["name_key"]),
        lambda form, rows: tell({"form": form, "rows": rows}),
    )


def _fit_allocator(file_bytes: int) -> None:
    """Let the C library use large blocks again, or give each back as soon as it is freed.

    Giving back costs page faults, half of the system's share in reading ledgers. A register
    would hardly fit into the address space with what is kept: it needs two thirds as much when
    blocks go back at once. Another C library than GNU's decides for itself.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return
    is_small = file_bytes <= _SMALL_FILE_BYTES
    own_blocks, kept = _KEPT if is_small else _GIVEN_BACK
    library.mallopt(_MMAP_MAX, own_blocks)
    library.mallopt(_MMAP_THRESHOLD, _OWN_BLOCK_BYTES)
    library.mallopt(_TRIM_THRESHOLD, kept)
    if not is_small:
        library.malloc_trim(kept)


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
        _tell(answers, {"fault": f"{kind.__name__} at {where}"})


if __name__ == "__main__":
    main()
