"""The services of ``deploy/`` as processes of this user, on a machine of their own.

The commands are those of systemd's units; whoever calls ``start`` restarts what was killed, as
systemd would.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from reliability.machine import Machine, free_port, pids_of

from orchestration.settings import PROJECT_ROOT, Settings

UNITS = PROJECT_ROOT / "deploy" / "templates"
SERVICES = ("code", "daemon", "webserver")
_FANGAN = (sys.executable, "-c", "from orchestration.cli import main; main()")
_SOCKET = "/run/fangan/code.sock"
#: A clock that is moved makes every heartbeat old at once; Dagster's programs would end by it.
_FOREVER = str(10**9)
#: Seconds; a machine that does much else is no reason to fail.
_PATIENCE = 1800


class Services:
    """The three services of a home: their output goes into ``services.log`` of the folder."""

    def __init__(self, settings: Settings, machine: Machine, folder: Path) -> None:
        self.settings, self.machine = settings, machine
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._output = (folder / "services.log").open("ab")
        self._socket, self._port = folder / "code.sock", free_port()
        self._workspace = folder / "workspace.yaml"
        text = (UNITS / "workspace.yaml").read_text(encoding="utf-8")
        self._workspace.write_text(text.replace(_SOCKET, str(self._socket)), encoding="utf-8")
        self._environment = os.environ | {
            "FANGAN_RAW": str(settings.raw),
            "FANGAN_HOME": str(settings.home),
            "DAGSTER_HOME": str(settings.dagster),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "DAGSTER_DAEMON_HEARTBEAT_TOLERANCE": _FOREVER,
            **machine.environment,
        }

    def start(self, *names: str) -> None:
        """Start services, all by default, as their units do."""
        for name in names or SERVICES:
            unit = (UNITS / f"fangan-{name}.service").read_text(encoding="utf-8")
            for line in re.findall(r"^ExecStartPre=(.*)$", unit, re.MULTILINE):
                subprocess.run(
                    self._command(line), env=self._environment, check=True, stdout=self._output
                )
            [line] = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
            if name == "code":
                self._socket.unlink(missing_ok=True)
                line += f" --heartbeat-ttl {_FOREVER}"
            self.running[name] = subprocess.Popen(
                self._command(line),
                env=self._environment,
                cwd=self.settings.dagster,
                stdout=self._output,
                stderr=self._output,
                start_new_session=True,
            )
            if name == "code":
                self.wait(self._socket.exists, "the code server")

    def _command(self, line: str) -> list[str]:
        values = {
            "@PROGRAM@/.venv/bin/fangan": shlex.join(_FANGAN),
            "@PROGRAM@/.venv/bin": str(Path(sys.executable).parent),
            "@PROGRAM@": str(PROJECT_ROOT),
            "@WORKSPACE@": str(self._workspace),
            "@WEB_PORT@": str(self._port),
            _SOCKET: str(self._socket),
        }
        for name, value in values.items():
            line = line.replace(name, value)
        return shlex.split(line)

    def kill(self, name: str) -> None:
        """Kill -9 a service's process, and nothing that it started."""
        process = self.running.pop(name)
        process.kill()
        process.wait()

    def kill_all(self) -> None:
        """Kill -9 everything that works on the home."""
        for pid in pids_of(self.settings.home):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.running.clear()

    def fangan(self, *arguments: str) -> int:
        """Run a command on this machine; return its exit code."""
        done = subprocess.run(
            [*_FANGAN, *arguments],
            env=self._environment,
            stdout=self._output,
            stderr=self._output,
            check=False,
        )
        return done.returncode

    def wait(self, is_so: Callable[[], bool], what: str, patience: float = _PATIENCE) -> None:
        """Wait until it is so; fail if that takes too long, or a service ends meanwhile."""
        ends = time.monotonic() + patience
        while not is_so():
            assert time.monotonic() < ends, f"{what} did not come; see {self._output.name}"
            for name, process in self.running.items():
                assert process.poll() is None, f"{name} ended; see {self._output.name}"
            time.sleep(2)
