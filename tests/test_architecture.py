"""The picture of the house is drawn from the code as it is."""

from __future__ import annotations

import runpy

from orchestration.settings import PROJECT_ROOT


def test_the_house_is_drawn_as_it_stands() -> None:
    script = PROJECT_ROOT / "docs" / "architecture.py"
    drawn = runpy.run_path(str(script))["page"]()
    assert script.with_suffix(".md").read_text(encoding="utf-8") == drawn, "run: make docs"
