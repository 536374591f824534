"""A machine of a test's own: a wall clock that can be moved, and a boot that can be another.

``machine.c`` says how its processes come to see them; libfaketime 0.9.10 either makes Python's
sleep fail or moves the monotonic clock too, and then all time limits are over at once.
"""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from orchestration.reference.calendar import SUZHOU


class Machine:
    """A clock and a boot that all its processes see; ``folder`` holds them."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        folder.mkdir()
        self._library = folder / "machine.so"
        _compile(self._library)
        self.set(now)
        self.boot()

    @property
    def now(self) -> datetime:
        """The time on its clock."""
        return datetime.now(SUZHOU) + timedelta(seconds=self._ahead)

    def set(self, now: datetime) -> None:
        """Set the clock, for the processes that run too."""
        self._ahead = round(now.timestamp() - time.time())
        with (self.folder / "ahead").open("r+b" if self._is_set else "wb") as file:
            file.write(struct.pack("l", self._ahead))

    @property
    def _is_set(self) -> bool:
        return (self.folder / "ahead").exists()

    def boot(self) -> None:
        """Start anew: another boot, from now on."""
        (self.folder / "boot_id").write_text(f"{self.now.timestamp()}\n")
        (self.folder / "stat").write_text(f"btime {int(self.now.timestamp())}\n")

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to be on this machine."""
        return {"LD_PRELOAD": str(self._library), "FANGAN_TEST_MACHINE": str(self.folder)}


def _compile(library: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc: apt-get install gcc libc6-dev")
    source = Path(__file__).with_name("machine.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", library, source], check=True)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def pids_of(home: Path) -> list[int]:
    """Return the processes that work on a home, but for this one and those it started itself."""
    mark = f"FANGAN_HOME={home}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if mark in variables and int(path.parent.name) != os.getpid():
            found.append(int(path.parent.name))
    return found
