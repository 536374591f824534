"""Settings: paths, environment variables, and the choices in ``fangan.toml``.

Add a path, an environment variable or a choice of the office here; which values a choice allows
is in ``choices``. No business rules.
"""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from orchestration.choices import EXECUTORS, chosen_in, executor_in, masthead_in
from orchestration.masthead import STANDARD_MASTHEAD, Masthead
from orchestration.servers import ledger_url, store_url

#: File modes in the home; only the owner can read private files.
_PASSED_THROUGH, PRIVATE_FOLDER, PRIVATE_FILE = 0o711, 0o700, 0o600
PUBLIC_FOLDER, PUBLIC_FILE = 0o755, 0o644

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"
CONTRACTS_DIR = DBT_PROJECT_DIR / "models" / "exports"
SEEDS_DIR = DBT_PROJECT_DIR / "seeds"

#: Switches telemetry off in every tool that has it, before the tool is imported.
TELEMETRY_OFF = {
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}


@dataclass(frozen=True)
class Settings:
    """The paths of one installation: ``raw`` (deliveries) and ``home`` (everything we build).

    ``decisions`` has the office's waivers and corrections; ``warehouse_folder`` is the folder of
    the working DuckDB, if it is not the home; ``messages_file`` says who is told what, if it is
    not ``messages.toml`` in the home. ``release_approvals`` and ``sample_approvals`` are the
    number of people who must agree to a release or to a draw; ``wait_minutes`` is how long a
    scheduled run waits for another process to let the home go; ``executor`` is where the steps of
    a run are worked on; ``masthead`` is printed around an issue. ``ledger_url`` is the address of
    the ledger's PostgreSQL database, with its password, if it is not a file in the home.
    """

    raw: Path
    home: Path
    decisions: Path = SEEDS_DIR
    warehouse_folder: Path | None = None
    messages_file: Path | None = None
    release_approvals: int = 1
    sample_approvals: int = 1
    wait_minutes: int = 30
    executor: str = EXECUTORS[0]
    masthead: Masthead = STANDARD_MASTHEAD
    ledger_url: str | None = field(default=None, repr=False)

    def editorial(self, month: str) -> Path:
        """Return the path of the editors' texts of a month (``YYYY-MM``), which may not exist."""
        return self.raw / month / "editorial.md"

    @property
    def archive(self) -> Path:
        """Every delivered version, named by its SHA-256."""
        return self.home / "archive"

    @property
    def ledger(self) -> Path | str:
        """Where arrivals, judgements and releases are recorded: a file, or a server's address."""
        return self.ledger_url or self.ledger_file

    @property
    def ledger_file(self) -> Path:
        """The SQLite file with the ledger, which is not there if it is on a server."""
        return self.home / "ledger.sqlite"

    @property
    def ledger_locks(self) -> Path | str:
        """Where the locks lie on what the ledger records: beside it, so that hosts share them."""
        return self.ledger_url or self.locks

    @property
    def landing(self) -> Path:
        """Rows as read, one Parquet file per delivery."""
        return self.home / "landing"

    @property
    def accepted(self) -> Path:
        """Accepted rows, one Parquet file per judgement."""
        return self.home / "accepted"

    @property
    def quarantine(self) -> Path:
        """Quarantined rows, and the findings of every judgement."""
        return self.home / "quarantine"

    @property
    def samples(self) -> Path:
        """Drawn samples, one Parquet file per draw, and the contractors' lists."""
        return self.home / "samples"

    @property
    def releases(self) -> Path:
        """The rows, outputs and manifest of every release, never changed."""
        return self.home / "releases"

    @property
    def warehouse(self) -> Path:
        """The working DuckDB, which only our own code reads."""
        return (self.warehouse_folder or self.home) / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """What analysts and the bureau read."""
        return self.home / "published"

    @property
    def statistics(self) -> Path:
        """The published DuckDB."""
        return self.published / "statistics.duckdb"

    @property
    def matching(self) -> Path:
        """Matching results by month, and the cache of parsed addresses."""
        return self.home / "matching"

    @property
    def outbox(self) -> Path:
        """What somebody is told: messages, written whether or not they can be sent."""
        return self.home / "outbox"

    @property
    def messages(self) -> Path:
        """The settings file of messages: their channels and rules. It may be missing."""
        return self.messages_file or self.home / "messages.toml"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME: run storage and event log."""
        return self.home / "dagster"

    @property
    def dbt(self) -> Path:
        """Dbt's target and log folders."""
        return self.home / "dbt"

    @property
    def logs(self) -> Path:
        """Access logs of our services, without the requested keys."""
        return self.home / "logs"

    @property
    def lookups(self) -> Path:
        """The look-up files by month: single buildings, for the service and the office."""
        return self.internal / "lookup"

    @property
    def internal(self) -> Path:
        """Files for the office only, and scratch."""
        return self.home / "internal"

    @property
    def scratch(self) -> Path:
        """Temporary files; inside the home, since they contain rows of deliveries."""
        return self.internal / "scratch"

    @property
    def name_key(self) -> Path:
        """The private key of the hashes in masked file and sheet names."""
        return self.home / "name.key"

    @property
    def locks(self) -> Path:
        """Lock files with their owners."""
        return self.home / "locks"

    def require_raw(self) -> None:
        """Raise MissingFolderError unless ``raw`` is a folder: missing does not mean empty."""
        if not self.raw.is_dir():
            raise MissingFolderError(
                f"报送文件夹不存在（FANGAN_RAW）：{self.raw}。The folder of deliveries is missing"
            )

    def prepare(self) -> Settings:
        """Create the home with its folders; return self.

        Modes are set whatever the umask and the earlier modes: other users can reach
        ``published`` through the home, and nothing else.
        """
        for folder in reversed([parent for parent in self.home.parents if not parent.exists()]):
            _with_mode(folder, _PASSED_THROUGH)
        _with_mode(self.home, _PASSED_THROUGH)
        for folder in (
            self.archive,
            self.landing,
            self.accepted,
            self.quarantine,
            self.samples,
            self.matching,
            self.releases,
            self.outbox,
            self.dagster,
            self.dbt,
            self.logs,
            self.locks,
            self.internal,
        ):
            _with_mode(folder, PRIVATE_FOLDER)
        _with_mode(self.published, PUBLIC_FOLDER)
        return self


def _with_mode(folder: Path, mode: int) -> None:
    """Create a folder if it is missing, and set its mode if we own it."""
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.stat()
    if stat.S_IMODE(found.st_mode) != mode and found.st_uid == os.geteuid():
        folder.chmod(mode)


class MissingFolderError(FileNotFoundError):
    """A configured folder is missing; the message says which one, and which variable names it."""


def load_settings() -> Settings:
    """Read the paths from the environment, and the office's choices.

    The variables are ``FANGAN_RAW``, ``FANGAN_HOME``, ``FANGAN_DECISIONS`` (waivers and
    corrections), ``FANGAN_CONFIG`` and ``FANGAN_MESSAGES`` (TOML files), and ``FANGAN_EXECUTOR``,
    which comes before the choice of the file. A relative path starts
    in the current folder; the defaults are the project's ``raw``, ``var``, seeds and
    ``fangan.toml``, and ``messages.toml`` in the home. Absolute paths are written back to the
    environment, since child processes run in other folders. ``FANGAN_LEDGER`` is the address of a
    PostgreSQL database for the ledger; for ``FANGAN_STORE`` see ``servers``.

    Side effects: telemetry of all tools is switched off, and new files are private from now on
    (umask). Raises ConfigurationError.
    """
    store_url()
    os.environ.update(TELEMETRY_OFF)
    os.umask(0o077)
    configuration = _named("FANGAN_CONFIG", PROJECT_ROOT / "fangan.toml")
    chosen = chosen_in(configuration)
    home = home_folder()
    return Settings(
        raw=_named("FANGAN_RAW", PROJECT_ROOT / "raw"),
        home=home,
        messages_file=_named("FANGAN_MESSAGES", home / "messages.toml"),
        decisions=_named("FANGAN_DECISIONS", SEEDS_DIR),
        release_approvals=chosen.get(("release", "approvals"), 1),
        sample_approvals=chosen.get(("sample", "approvals"), 1),
        wait_minutes=chosen.get(("run", "wait_minutes"), 30),
        executor=executor_in("FANGAN_EXECUTOR") or chosen.get(("run", "executor"), EXECUTORS[0]),
        masthead=masthead_in(configuration, chosen),
        ledger_url=ledger_url(),
    )


def home_folder() -> Path:
    """Return ``FANGAN_HOME``, where everything built goes."""
    return _named("FANGAN_HOME", PROJECT_ROOT / "var")


@cache
def program_version() -> str:
    """Return the version in ``pyproject.toml``: the installed one is that of the last setup."""
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def lookup_token() -> str | None:
    """Return ``FANGAN_LOOKUP_TOKEN``, since other users can see command-line arguments."""
    return os.environ.get("FANGAN_LOOKUP_TOKEN") or None


def site_url() -> str | None:
    """Return ``FANGAN_SITE_URL``: where a proxy serves ``published``, no slash at the end."""
    return os.environ.get("FANGAN_SITE_URL", "").rstrip("/") or None


def _named(variable: str, default: Path) -> Path:
    value = os.environ.get(variable)
    if not value:
        return default
    path = Path(value).expanduser().resolve()
    os.environ[variable] = str(path)
    return path
