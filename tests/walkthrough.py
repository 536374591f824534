"""Follows a page of the documentation as its reader does: types its commands, one after another.

``fangan`` runs in the home that the page exports (``var/tutorial``, else the demo's); what is left
of a block is given to bash, in a folder in which ``var`` and the project's ``raw`` lie. A command
that was typed in a home before is not run again, except on a page that tells a story.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fenced import Block, all_blocks
from month_installation import Installation

from orchestration.settings import Settings

#: Words of the shell: what they do, the walkthrough does for them.
_DONE_FOR_THE_READER = ("source", "export")
FINE_OR_FINDINGS = (0, 1)
_BARS = re.compile(r"[ \t│┃]+")


@dataclass
class Walkthrough:
    """A reader's folder, the homes in it by name, and what was printed so far."""

    folder: Path
    homes: dict[str, Installation]
    #: by home and command line, everything that it printed
    printed: dict[tuple[str, str], str] = field(default_factory=dict)

    def follow(self, page: Path, *, is_story: bool = False) -> Iterator[tuple[Block, str]]:
        """Type the commands of a page; yield each block of output with what was printed for it.

        In a story a block shows what the commands just above it printed, elsewhere what any of
        the page's commands did.
        """
        home, seen = "demo", ""
        for block in all_blocks(page):
            if block.language == "sh":
                home = self._chosen(block, home)
                typed = "".join(self._typed(step, home, again=is_story) for step in _steps(block))
                seen = typed if is_story else seen + typed
            elif block.language == "text":
                yield block, seen

    def _chosen(self, block: Block, home: str) -> str:
        exported = re.search(r"^export .*FANGAN_HOME=var/(\w+)/", block.text, re.MULTILINE)
        return exported[1] if exported else home

    def _typed(self, step: str, home: str, *, again: bool) -> str:
        """Run one step, or take what it printed before; return the output."""
        if not step.startswith("fangan "):
            script = ["bash", "-eu", "-c", step]
            run = subprocess.run(script, cwd=self.folder, capture_output=True, text=True)
            assert run.returncode == 0, (step, run.stderr)
            return run.stdout
        if again or (home, step) not in self.printed:
            words = shlex.split(step, comments=True)[1:]
            told = self._home(home).fangan(*(str(w) for word in words for w in self._paths(word)))
            assert told.returncode in FINE_OR_FINDINGS, (step, told.stdout, told.stderr)
            output = (told.stdout + told.stderr).replace(f"{self.folder}/", "")
            self.printed[home, step] = self.printed.get((home, step), "") + output
            return output
        return self.printed[home, step]

    def _home(self, name: str) -> Installation:
        """Return a home that the reader has, or that a page makes."""
        base = self.folder / "var" / name
        made = Installation(Settings(raw=base / "raw", home=base / "home"))
        return self.homes.setdefault(name, made)

    def _paths(self, word: str) -> list[str | Path]:
        """Return what the shell makes of a word that names files below ``var`` or ``raw``."""
        if not word.startswith(("var/", "raw/")):
            return [word]
        return sorted(self.folder.glob(word)) if "*" in word else [self.folder / word]


def missing_lines(block: Block, printed: str) -> list[str]:
    """Return the lines of a block of output that were not printed; ``…`` is any text."""
    together = squeezed(printed)
    return [line for line in block.lines if not _is_in(squeezed(line), together)]


def _is_in(line: str, text: str) -> bool:
    return bool(re.search(".*".join(re.escape(part) for part in line.split("…")), text))


def squeezed(text: str) -> str:
    """Return a text without the spaces that a table puts in."""
    return _BARS.sub(" ", text).strip()


def _steps(block: Block) -> Iterator[str]:
    """Yield each command for ``fangan`` by itself, and what stands between two as a script."""
    script: list[str] = []
    for line in block.lines:
        word = line.partition(" ")[0]
        if word == "fangan":
            yield from _script(script)
            script = []
            yield line.split("  #")[0].rstrip()
        elif word not in (*_DONE_FOR_THE_READER, "make"):
            script.append(line)
    yield from _script(script)


def _script(lines: list[str]) -> Iterator[str]:
    if any(line.strip() and not line.startswith("#") for line in lines):
        yield "\n".join(lines)
