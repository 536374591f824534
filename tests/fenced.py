"""The commands in fenced blocks of Markdown, and what is said to be printed below them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """The lines of one fenced block."""

    lines: tuple[str, ...]

    @property
    def commands(self) -> list[list[str]]:
        """The words of each command, without comments."""
        words = [shlex.split(line, comments=True) for line in self.lines]
        return [command for command in words if command]


def blocks(path: Path, language: str) -> list[Block]:
    """Return the blocks of a language in a Markdown file."""
    found = _BLOCK.findall(path.read_text(encoding="utf-8"))
    return [Block(tuple(body.splitlines())) for name, body in found if name == language]
