"""A cell as it may be kept: its canonical text, unless that is a person's number.

``cells`` masks texts and what is not of its column's form. Here is what only whole columns know:
a number that stands for a measure and can be none.
"""

from __future__ import annotations

from orchestration.ingest.reader.personal import LABELS
from orchestration.ingest.reader.privacy import mask
from orchestration.ingest.reader.table.cells import Cell, Column, normalise

_MEASURES = ("integer", "decimal")


def kept_cell(text: str, column: Column) -> Cell:
    """Return the canonical form of a cell as it may be kept.

    That is what ``normalise`` says, but of a measure that is nothing else than a phone, an
    identity number or a bank card: no area or count has as many digits.
    """
    cell = normalise(text, column)
    if column.contract.type not in _MEASURES or cell.value is None or "masked" in cell.hows:
        return cell
    masked = mask(cell.value)
    return Cell(masked, (*cell.hows, "masked")) if masked in LABELS else cell
