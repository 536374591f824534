"""REPORT.md: one section a benchmark, each replaced by its own run and kept by the others."""

from __future__ import annotations

import re
from pathlib import Path

REPORT = Path(__file__).parent / "REPORT.md"
_TITLE = "# Benchmark report"


def write_section(section: str) -> None:
    """Put a section, which begins with its ``##`` heading, in the place of its earlier one."""
    heading = section.partition("\n")[0]
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else _TITLE + "\n"
    kept = re.split(r"\n(?=## )", text.rstrip())
    places = [n for n, part in enumerate(kept) if part.partition("\n")[0] == heading]
    if places:
        kept[places[0]] = section.rstrip() + "\n"
    else:
        kept.append(section.rstrip() + "\n")
    REPORT.write_text("\n".join(part.rstrip() + "\n" for part in kept), encoding="utf-8")
