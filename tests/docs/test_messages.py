"""The messages that pages explain are messages that the program prints or sends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT

PAGES = [PROJECT_ROOT / "docs" / name for name in ("troubleshooting.md", "how-to/messages.md")]


def test_every_message_is_printed_by_something() -> None:
    printed = [(PROJECT_ROOT / "Makefile").read_text(encoding="utf-8"), *strings_of_the_code()]
    explained = [message for page in PAGES for message in messages(page)]
    assert [m for m in explained if not any(m.search(text) for text in printed)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_chinese_page_explains_the_same_messages(page: Path) -> None:
    assert messages(page.with_suffix(".zh-CN.md")) == messages(page)


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
