"""One corrected district: by the cold command, and as the sensor has it run.

The sensor's run is a process of Dagster's code server, which has the imports behind it. What it
costs is what the code server and its children take between the correction and the run's end; the
daemon, which looks every minute whether or not anything was delivered, is left out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from awaiting import until
from bench import BIN, MONTH, ROOT, Cost, correct_one_district, measure
from peak_memory import Peak, tree
from scale_ways import Way, used_home

_TEMPLATE = ROOT / "deploy" / "templates" / "workspace.yaml"
_SOCKET = "/run/fangan/code.sock"
_CODE_SERVER = ("code-server", "start", "--module-name", "orchestration.definitions")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def corrections(base: Path, raw: Path) -> Iterator[Way]:
    """The command, and the run of the sensor."""
    yield "cold command", partial(_corrected, base, raw, _by_command)
    yield "run of the sensor", partial(_corrected, base, raw, _by_sensor)


def _corrected(base: Path, raw: Path, run_again: Callable[[Path, Path], Cost]) -> Cost:
    """Run the month; return what running it again costs once a district has corrected itself."""
    copied = base / "raw"
    shutil.copytree(raw, copied, copy_function=os.link)
    try:
        with used_home(base) as home:
            measure([BIN / "fangan", "month", MONTH], copied, home)
            return run_again(copied, home)
    finally:
        shutil.rmtree(copied)


def _by_command(raw: Path, home: Path) -> Cost:
    correct_one_district(raw)
    return measure([BIN / "fangan", "month", MONTH], raw, home)


def _by_sensor(raw: Path, home: Path) -> Cost:
    from dagster import DagsterInstance

    with _services(raw, home) as server, DagsterInstance.get() as instance:
        known = instance.get_runs_count()
        until(lambda: _has_looked(instance), "the sensor's first look")
        before = cpu_of(server)
        correct_one_district(raw)
        peak = Peak(server)
        until(lambda: instance.get_runs_count() > known, "the run")
        [run] = instance.get_run_records(limit=1)
        run_id = run.dagster_run.run_id
        until(lambda: instance.get_run_by_id(run_id).is_finished, "the run's end")
        [run] = instance.get_run_records(limit=1)
        peak.stop()
        assert run.dagster_run.is_success
        assert run.start_time is not None
        assert run.end_time is not None
        return Cost(cpu_of(server) - before, run.end_time - run.start_time, peak.mebibytes)


def _has_looked(instance: object) -> bool:
    """Whether the sensor has looked once and found nothing."""
    from dagster import DagsterInstance

    assert isinstance(instance, DagsterInstance)
    return any(
        state.instigator_name == "delivery_sensor"
        and instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
        for state in instance.all_instigator_state()
    )


@contextmanager
def _services(raw: Path, home: Path) -> Iterator[int]:
    """Run code server and daemon as ``deploy/`` does; yield the code server's process id."""
    places = {"FANGAN_RAW": str(raw), "FANGAN_HOME": str(home)}
    environment = os.environ | places | {"DAGSTER_HOME": str(home / "dagster")}
    socket, workspace = home.parent / "code.sock", home.parent / "workspace.yaml"
    text = _TEMPLATE.read_text(encoding="utf-8").replace(_SOCKET, str(socket))
    workspace.write_text(text, encoding="utf-8")
    subprocess.run([BIN / "fangan", "prepare"], env=environment, check=True, capture_output=True)
    before = os.environ.get("DAGSTER_HOME")
    os.environ["DAGSTER_HOME"] = environment["DAGSTER_HOME"]
    with ExitStack() as ending:

        def start(*command: str | Path) -> int:
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            ending.callback(process.wait)
            ending.callback(process.terminate)
            return process.pid

        options = ("--socket", socket, "--location-name", "fangan")
        server = start(BIN / "dagster", *_CODE_SERVER, *options)
        until(socket.exists, "the code server")
        start(BIN / "dagster-daemon", "run", "--workspace", workspace)
        yield server
    socket.unlink(missing_ok=True)
    if before is None:
        del os.environ["DAGSTER_HOME"]
    else:
        os.environ["DAGSTER_HOME"] = before


def cpu_of(root: int) -> float:
    """Return the CPU seconds of a process, its children, and those that have ended."""
    ticks = 0
    for pid in tree(root):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS_A_SECOND
