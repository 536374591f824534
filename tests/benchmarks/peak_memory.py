"""How much memory a tree of processes takes at its worst, what it shares counted once."""

from __future__ import annotations

import threading
from pathlib import Path


class Peak(threading.Thread):
    """Watches the proportional memory of a process tree, ten times a second."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._ended = threading.Event()
        self.mebibytes = 0.0
        self.start()

    def run(self) -> None:
        while not self._ended.wait(0.1):
            self.mebibytes = max(self.mebibytes, sum(map(_proportional, tree(self._root))))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def tree(root: int) -> list[int]:
    """Return a process and all that it started, as far as they live."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


def _proportional(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
