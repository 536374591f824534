"""Reading the csv files of ours: seeds, and the small tables that lie beside a module.

They are UTF-8 with one header line. Add here what every such file has; what its columns mean is
said where it is used. Files that districts deliver are read by ``ingest``.
"""

from __future__ import annotations

import csv
from pathlib import Path

#: The seeds in which an office writes its decisions; each row concerns a few judgements only.
WAIVERS_SEED = "waivers.csv"
CORRECTIONS_SEED = "corrections.csv"
DECISION_SEEDS = (WAIVERS_SEED, CORRECTIONS_SEED)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a csv file of ours by column, in its order; an empty cell is ``""``."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
