"""The fenced blocks of Markdown: commands, what is said to be printed below them, and files."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]*)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its title (empty for none) and its lines."""

    language: str
    title: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def commands(self) -> list[list[str]]:
        """The words of each command, without comments; with a here-document those of ``fangan``."""
        lines = self.lines
        if "<<" in self.text:
            lines = tuple(line for line in lines if line.startswith("fangan "))
        words = [shlex.split(line, comments=True) for line in lines]
        return [command for command in words if command]


def all_blocks(path: Path) -> list[Block]:
    """Return every fenced block of a Markdown file, in order."""
    found = _BLOCK.findall(path.read_text(encoding="utf-8"))
    return [Block(language, title, tuple(body.splitlines())) for language, title, body in found]


def blocks(path: Path, language: str) -> list[Block]:
    """Return the blocks of a language in a Markdown file."""
    return [block for block in all_blocks(path) if block.language == language]
