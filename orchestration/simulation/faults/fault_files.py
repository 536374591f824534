"""The fault catalogue, read strictly from ``catalogue/*.yml``.

Refuses an entry with an unknown key, kind, field, district or function, and says which entry it
is. Add a file to ``FILES`` to open another chapter. What an entry may hold is in ``form``.
"""

from __future__ import annotations

import inspect
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from orchestration.formats.strict_yaml import Strict, read_strictly, refused_keys
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import district_ids
from orchestration.simulation.faults import files, guesses, months
from orchestration.simulation.faults.cells import CHANGES
from orchestration.simulation.faults.form import CellFault, DraftFault, Writer

CATALOGUE_DIR = Path(__file__).parent / "catalogue"
#: In the order of planting. ``months`` adds and takes rows, and comes first: the others go by
#: row numbers.
FILES = (
    "months",
    "guesses",
    "survey",
    "cases",
    "registers",
    "dangers",
    "inspection",
    "places",
    "files",
)
WRITERS: dict[str, Writer] = {
    writer.__name__: writer for module in (months, guesses, files) for writer in module.WRITERS
}


class FaultError(ValueError):
    """A catalogue file that cannot be used; the message names file, entry and key."""


class _FaultFile(Strict):
    faults: tuple[dict[str, Any], ...]


@cache
def load_faults(folder: Path = CATALOGUE_DIR) -> tuple[CellFault | DraftFault, ...]:
    """Read the files of the catalogue; return the faults in the order of planting.

    Raises FaultError naming the file, the entry and what is wrong with it, also for an id that
    is used twice.
    """
    faults: dict[str, CellFault | DraftFault] = {}
    for name in FILES:
        path = folder / f"{name}.yml"
        for entry in read_strictly(path, _FaultFile, FaultError).faults:
            place = f"{path.name}: {entry.get('id', 'an entry without id')}"
            fault = _fault(entry, place)
            if fault.id in faults:
                raise FaultError(f"{place}: the id is used twice")
            faults[fault.id] = fault
    return tuple(faults.values())


def _fault(entry: dict[str, Any], place: str) -> CellFault | DraftFault:
    """Return an entry as a fault; raise FaultError with its ``place`` for an unusable one."""
    form = DraftFault if "plant" in entry else CellFault
    try:
        fault = form.model_validate(entry)
    except ValidationError as error:
        raise FaultError(f"{place}: {refused_keys(error)}") from error
    problem = _problem(fault)
    if problem:
        raise FaultError(f"{place}: {problem}")
    return fault


def _problem(fault: CellFault | DraftFault) -> str | None:
    """Return what makes an entry unusable, None for a sound one."""
    if fault.kind not in load_contracts():
        return f"kind {fault.kind!r} has no contract"
    if fault.district not in district_ids():
        return f"district {fault.district!r} is not in the seed of districts"
    named = fault.fields if isinstance(fault, CellFault) else _fields_in(fault)
    unknown = sorted(named.difference(load_contracts()[fault.kind].fields))
    if unknown:
        return f"{fault.kind} has no field {', '.join(unknown)}"
    if isinstance(fault, CellFault):
        is_missing = fault.change is not None and fault.change not in CHANGES
        return f"change {fault.change!r} is not a function of cells.py" if is_missing else None
    return _misfit(fault)


def _fields_in(fault: DraftFault) -> set[str]:
    return {str(value) for name, value in fault.options.items() if name == "field"}


def _misfit(fault: DraftFault) -> str | None:
    if fault.plant not in WRITERS:
        return f"plant {fault.plant!r} is not a function of months.py, guesses.py or files.py"
    try:
        inspect.signature(WRITERS[fault.plant]).bind(None, None, **fault.options)
    except TypeError as error:
        return f"options do not suit {fault.plant}: {error}"
    return None
