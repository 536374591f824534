"""Paths and environment: where deliveries lie and where everything built goes.

Add here what is read from the environment or is a place on disk. Imports nothing of ours;
knows no file format and no business rule.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"
CONTRACTS_DIR = DBT_PROJECT_DIR / "models" / "exports"
SEEDS_DIR = DBT_PROJECT_DIR / "seeds"

#: Every tool that would report usage over the network, silenced before it is imported.
TELEMETRY_OFF = {
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
}


@dataclass(frozen=True)
class Settings:
    """The places of one installation: ``raw`` (deliveries) and ``home`` (all we build).

    ``decisions`` holds the office's ledgers of single records, waivers and corrections;
    ``warehouse_folder`` is where the working DuckDB lies, if not in the home itself.
    """

    raw: Path
    home: Path
    decisions: Path = SEEDS_DIR
    warehouse_folder: Path | None = None

    def editorial(self, month: str) -> Path:
        """Return where the editors' texts of a month (``YYYY-MM``) lie, whether or not they do."""
        return self.raw / month / "editorial.md"

    @property
    def archive(self) -> Path:
        """Every delivered version, named by its SHA-256."""
        return self.home / "archive"

    @property
    def ledger(self) -> Path:
        """The SQLite file with arrivals, judgements and releases."""
        return self.home / "ledger.sqlite"

    @property
    def landing(self) -> Path:
        """Rows as read, one Parquet a delivery."""
        return self.home / "landing"

    @property
    def accepted(self) -> Path:
        """Rows that count, one Parquet a judgement."""
        return self.home / "accepted"

    @property
    def quarantine(self) -> Path:
        """Rows that do not count, and the findings of every judgement."""
        return self.home / "quarantine"

    @property
    def samples(self) -> Path:
        """Drawn samples of the inspection, one Parquet a draw, and the contractors' lists."""
        return self.home / "samples"

    @property
    def releases(self) -> Path:
        """The rows, outputs and manifest of every release, never changed."""
        return self.home / "releases"

    @property
    def warehouse(self) -> Path:
        """The working DuckDB that dbt writes and nobody else reads."""
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
        """Outcome of every building code by month, and the addresses parsed so far."""
        return self.home / "matching"

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
        """Who asked what kind of thing of our services, without what was asked."""
        return self.home / "logs"

    @property
    def name_key(self) -> Path:
        """The key by which masked names of files and sheets are told apart; for us alone."""
        return self.home / "name.key"

    @property
    def locks(self) -> Path:
        """Lock files with their owners."""
        return self.home / "locks"

    def require_raw(self) -> None:
        """Raise MissingFolderError if ``raw`` is no folder: nothing there is not none delivered."""
        if not self.raw.is_dir():
            raise MissingFolderError(
                f"报送文件夹不存在（FANGAN_RAW）：{self.raw}。There is no such folder"
            )

    def prepare(self) -> Settings:
        """Create the home, private from the start but for ``published``; return self."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (
            self.archive,
            self.landing,
            self.accepted,
            self.quarantine,
            self.samples,
            self.matching,
            self.releases,
            self.dagster,
            self.dbt,
            self.logs,
            self.locks,
        ):
            folder.mkdir(exist_ok=True, mode=0o700)
        self.published.mkdir(exist_ok=True, mode=0o755)
        return self


class MissingFolderError(FileNotFoundError):
    """A folder that was named and is not there; the message says which, and what names it."""


def load_settings() -> Settings:
    """Read ``FANGAN_RAW``, ``FANGAN_HOME`` and ``FANGAN_DECISIONS`` (waivers and corrections).

    A relative path is taken from the current folder, as in any command; unset, they are the
    project's ``raw``, ``var`` and seeds, from wherever it is called. The paths are put back into
    the environment whole: what is started from here works in a folder of its own. Silences every
    tool's telemetry as a side effect, because this runs before any is imported.
    """
    os.environ.update(TELEMETRY_OFF)
    return Settings(
        raw=_named("FANGAN_RAW", PROJECT_ROOT / "raw"),
        home=_named("FANGAN_HOME", PROJECT_ROOT / "var"),
        decisions=_named("FANGAN_DECISIONS", SEEDS_DIR),
    )


def lookup_token() -> str | None:
    """Return ``FANGAN_LOOKUP_TOKEN``; arguments of a command could be seen by others."""
    return os.environ.get("FANGAN_LOOKUP_TOKEN") or None


def _named(variable: str, default: Path) -> Path:
    value = os.environ.get(variable)
    if not value:
        return default
    path = Path(value).expanduser().resolve()
    os.environ[variable] = str(path)
    return path
