"""dbt's project, executable and manifest, kept inside the home, and building with them.

What the events of a build mean to Dagster is in ``defs/statistics``. Nothing here knows a model.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.modelling.seeds import remember_seeds, seeds_are_loaded, seeds_fingerprint
from orchestration.settings import DBT_PROJECT_DIR, SEEDS_DIR, Settings
from orchestration.store.files import replacing
from orchestration.store.locks import waiting_for
from orchestration.store.public_files import write_public

#: Beside the running interpreter, so that an environment that is not activated works too.
DBT_EXECUTABLE = Path(sys.executable).parent / "dbt"
#: dbt's page asks a service for fonts and counts its readers, where it may.
_NO_NETWORK = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
    'font-src data:">'
)
_RESULTS = {"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"}


class DbtParseError(RuntimeError):
    """The dbt project could not be parsed; the message is dbt's own."""


class DbtDocsError(RuntimeError):
    """The documentation could not be made; the message is dbt's own."""


class DbtBuildError(RuntimeError):
    """A model or a test failed, or dbt itself; the message is dbt's own, node by node."""


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return the environment that dbt and its profile read; also set it for child processes."""
    environment = {
        "FANGAN_WAREHOUSE": str(settings.warehouse),
        "DBT_TARGET_PATH": str(settings.dbt / "target"),
        "DBT_LOG_PATH": str(settings.dbt / "logs"),
    }
    os.environ.update(environment)
    return environment


def manifest_file(settings: Settings) -> Path:
    """Return where the parsed project lies, as ``prepare_manifest`` leaves it."""
    return settings.dbt / "target" / "manifest.json"


def prepare_manifest(settings: Settings) -> Path:
    """Return the manifest of the project as it stands, parsing it only if a file changed.

    A project in another folder is parsed whole: dbt notes in each node where its file lies, and
    keeps that of a file that did not change. Raises DbtParseError with dbt's words if the project
    cannot be parsed.
    """
    dbt_environment(settings)
    manifest = manifest_file(settings)
    stamp = _stamp(settings)
    fingerprint = f"{DBT_PROJECT_DIR}\n{_project_fingerprint()}"
    with waiting_for(settings.locks, "dbt-parse"):
        parsed = stamp.read_text() if manifest.exists() and stamp.exists() else ""
        if parsed == fingerprint:
            return manifest
        is_here = parsed.startswith(f"{DBT_PROJECT_DIR}\n")
        result = subprocess.run(
            [
                DBT_EXECUTABLE,
                "parse",
                "--partial-parse" if is_here else "--no-partial-parse",
                "--project-dir",
                DBT_PROJECT_DIR,
                "--profiles-dir",
                DBT_PROJECT_DIR,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise DbtParseError(result.stdout + result.stderr)
        with replacing(stamp) as temporary:
            temporary.write_text(fingerprint)
    return manifest


def write_docs(settings: Settings, path: Path) -> None:
    """Write dbt's documentation as one page that loads nothing; costs some 12 CPU seconds.

    Types come from the contracts, so that no warehouse is opened and no run is in the way.
    Raises DbtDocsError with dbt's words.
    """
    manifest = prepare_manifest(settings)
    with waiting_for(settings.locks, "dbt-parse"):
        result = subprocess.run(
            [
                DBT_EXECUTABLE,
                *("docs", "generate", "--static", "--empty-catalog", "--no-compile"),
                *("--project-dir", DBT_PROJECT_DIR, "--profiles-dir", DBT_PROJECT_DIR),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise DbtDocsError(result.stdout + result.stderr)
        page = (manifest.parent / "static_index.html").read_text(encoding="utf-8")
    if "<head>" not in page:
        raise DbtDocsError("dbt's page has no <head> to put the policy in that forbids loading")
    written = page.replace("<head>", f"<head>{_NO_NETWORK}", 1)
    write_public(settings, {path: written.encode()})


def build(settings: Settings, selection: Sequence[str]) -> list[dict[str, Any]]:
    """Build and test what ``selection`` (options of dbt) says; return the events of the nodes.

    The events are those of dbt's JSON log that tell a node's result, in the order they came.
    Seeds that are loaded already have none; the tests on them are run.
    dbt runs in this process with the manifest that ``prepare_manifest`` left: an interpreter of
    its own and its look at every file of the project cost as much as the models.
    Raises DbtBuildError if anything failed.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.artifacts.resources.types import NodeType
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt_common.behavior_flags import BehaviorFlagRendered
    from dbt_common.events.functions import msg_to_dict

    # Of each flag that dbt's adapters have it asks which module made it, in case it has to warn,
    # and finds out by reading the source of all callers: half a second.
    BehaviorFlagRendered._default_source = staticmethod(lambda: "dbt")  # type: ignore[method-assign]

    results: list[dict[str, Any]] = []

    def take(event: Any) -> None:
        if event.info.name in _RESULTS:
            results.append(msg_to_dict(event))
        if event.info.level != "debug":
            print(event.info.msg)

    dbt_environment(settings)
    parsed = (settings.dbt / "target" / "partial_parse.msgpack").read_bytes()
    manifest = Manifest.from_msgpack(parsed)
    seeds = {node.name for node in manifest.nodes.values() if node.resource_type == NodeType.Seed}
    fingerprint = seeds_fingerprint(_stamp(settings).read_text(), seeds)
    has_seeds = seeds_are_loaded(settings, fingerprint)
    command = [
        # what is worth reading is printed above; dbt's own loggers look at 3,000 events
        *("--log-level", "none", "--log-level-file", "none", "--no-write-json", "--no-use-colors"),
        *("build", "--project-dir", str(DBT_PROJECT_DIR), "--profiles-dir", str(DBT_PROJECT_DIR)),
        # unit tests judge the code, not the month: they belong to the test suite
        *("--exclude-resource-type", "unit_test"),
        *(("--exclude-resource-type", "seed") if has_seeds else ()),
        *selection,
    ]
    try:
        done = dbtRunner(manifest, [take]).invoke(command)
    finally:
        # else the warehouse stays open in this process
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if not done.success:
        raise DbtBuildError(_failures(done))
    loaded = {
        result["data"]["node_info"]["node_name"]
        for result in results
        if result["info"]["name"] == "LogSeedResult"
    }
    if seeds <= loaded:
        remember_seeds(settings, fingerprint)
    return results


def _failures(done: Any) -> str:
    if done.exception is not None:
        return str(done.exception)
    return "; ".join(
        f"{result.node.name}: {result.message}"
        for result in done.result.results
        if result.status in ("error", "fail")
    )


def _stamp(settings: Settings) -> Path:
    """Return where the fingerprint of the project stands that the manifest was parsed from."""
    return settings.dbt / "parsed"


def _project_fingerprint() -> str:
    """Fingerprint of what parsing depends on; seeds' rows are read only when building."""
    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')}".encode())
    for path in sorted(DBT_PROJECT_DIR.rglob("*")):
        if path.is_file() and path.suffix in (".sql", ".yml", ".md"):
            digest.update(str(path.relative_to(DBT_PROJECT_DIR)).encode())
            digest.update(path.read_bytes())
    for path in sorted(SEEDS_DIR.glob("*.csv")):
        digest.update(path.name.encode())
    return digest.hexdigest()
