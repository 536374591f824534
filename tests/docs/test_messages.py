"""The messages that troubleshooting explains are messages that the program prints."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "troubleshooting.md"
TWIN = PROJECT_ROOT / "docs" / "troubleshooting.zh-CN.md"


def test_every_message_is_printed_by_something() -> None:
    printed = [(PROJECT_ROOT / "Makefile").read_text(encoding="utf-8"), *strings_of_the_code()]
    assert [m for m in messages(PAGE) if not any(m.search(text) for text in printed)] == []


def test_the_chinese_page_explains_the_same_messages() -> None:
    assert messages(TWIN) == messages(PAGE)


def messages(page: Path) -> list[re.Pattern[str]]:
    """Return the headings that are messages, as patterns in which ``…`` is any text."""
    found = re.findall(r"^### `(.*)`$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.compile(".*".join(map(re.escape, heading.split("…")))) for heading in found]


def strings_of_the_code() -> Iterator[str]:
    """Yield every text in the sources, with ``{}`` for what an f-string puts in."""
    for room in ("orchestration", "expectations"):
        for path in (PROJECT_ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    yield "".join(_part(part) for part in node.values)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"
