"""What mkdocs does to a page before it renders it (``hooks`` in ``mkdocs.yml``).

Mermaid pictures are left out: the theme would load the script that draws them from a CDN. Where one
stands, the table below it says the same.
"""

from __future__ import annotations

import re
from typing import Any

_MERMAID = re.compile(r"^```mermaid\n.*?^```\n", re.MULTILINE | re.DOTALL)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return the page's Markdown without Mermaid pictures."""
    return _MERMAID.sub("", markdown)
