"""The reference pages by file name; add a new page to the list here."""

from __future__ import annotations

from orchestration.handbook import commands, contracts, mart_catalogue, metrics, rules, settings
from orchestration.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "docs" / "reference"
_MADE = "<!-- Made from the code by python -m orchestration.handbook; never edited -->\n\n"


def pages() -> dict[str, str]:
    """Return the Markdown of every page by its file name in ``docs/reference``."""
    made = {
        "commands.md": commands.page(),
        "contracts.md": contracts.page(),
        "marts.md": mart_catalogue.page(),
        "metrics.md": metrics.page(),
        "rules.md": rules.page(),
        "settings.md": settings.page(),
    }
    return {name: _MADE + text for name, text in made.items()}
