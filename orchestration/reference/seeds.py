"""Reads our own csv files: seeds, and small tables beside a module.

They are UTF-8 with one header line. Add here what all such files have in common; the meaning of
columns belongs where they are used. ``ingest`` reads the files that districts deliver.
"""

from __future__ import annotations

import csv
from pathlib import Path

#: The seeds with an office's decisions; each row concerns a few judgements only.
WAIVERS_SEED = "waivers.csv"
CORRECTIONS_SEED = "corrections.csv"
DECISION_SEEDS = (WAIVERS_SEED, CORRECTIONS_SEED)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of one of our csv files as dicts, in order; an empty cell is ``""``."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
