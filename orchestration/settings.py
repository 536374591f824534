"""Paths, environment and ``fangan.toml``: where everything lies, and how this office works.

Add here what is read from the environment, is a place on disk, or is for an office to choose: a
choice gets its name in ``_CHOICES`` and a field of ``Settings``. Imports nothing of ours; knows
no business rule.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

#: Modes of the home's parts; files of its private parts are for their owner alone.
_PASSED_THROUGH, PRIVATE_FOLDER, PRIVATE_FILE = 0o711, 0o700, 0o600
PUBLIC_FOLDER, PUBLIC_FILE = 0o755, 0o644

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"
CONTRACTS_DIR = DBT_PROJECT_DIR / "models" / "exports"
SEEDS_DIR = DBT_PROJECT_DIR / "seeds"

#: What may stand in ``fangan.toml``, by section and key, with the values that it may have.
_CHOICES: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "release": {"approvals": (1, 2)},
    "sample": {"approvals": (1, 2)},
}

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
    ``release_approvals`` and ``sample_approvals`` are how many persons a decision on a release
    and a draw take.
    """

    raw: Path
    home: Path
    decisions: Path = SEEDS_DIR
    warehouse_folder: Path | None = None
    release_approvals: int = 1
    sample_approvals: int = 1

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
    def lookups(self) -> Path:
        """The look-up files by month: each single building, for the service and the office."""
        return self.internal / "lookup"

    @property
    def internal(self) -> Path:
        """What is for the office alone, and scratch."""
        return self.home / "internal"

    @property
    def scratch(self) -> Path:
        """Work that is thrown away: inside the home, since rows of deliveries are in it."""
        return self.internal / "scratch"

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
        """Create the home, private from the start but for ``published``; return self.

        Modes are set whatever the umask and whatever they were: others may pass through the home
        to what is published, and see nothing else.
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
    """Make a folder unless it is there, and give it the mode if it is ours to give."""
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.stat()
    if stat.S_IMODE(found.st_mode) != mode and found.st_uid == os.geteuid():
        folder.chmod(mode)


class MissingFolderError(FileNotFoundError):
    """A folder that was named and is not there; the message says which, and what names it."""


class ConfigurationError(ValueError):
    """``fangan.toml`` cannot be used; the message says what and how to mend it."""


def load_settings() -> Settings:
    """Read the places that the environment names, and the office's choices.

    ``FANGAN_RAW``, ``FANGAN_HOME``, ``FANGAN_DECISIONS`` (waivers and corrections) and
    ``FANGAN_CONFIG`` (a TOML file). A relative path is taken from the current folder, as in any
    command; unset, they are the project's ``raw``, ``var``, seeds and ``fangan.toml``, from
    wherever it is called. The paths are put back into the environment whole: what is started from
    here works in a folder of its own. Silences every tool's telemetry as a side effect, because
    this runs before any is imported; and what any tool writes from here on is for its owner alone,
    unless it is published. Raises ConfigurationError.
    """
    os.environ.update(TELEMETRY_OFF)
    os.umask(0o077)
    chosen = _chosen(_named("FANGAN_CONFIG", PROJECT_ROOT / "fangan.toml"))
    return Settings(
        raw=_named("FANGAN_RAW", PROJECT_ROOT / "raw"),
        home=_named("FANGAN_HOME", PROJECT_ROOT / "var"),
        decisions=_named("FANGAN_DECISIONS", SEEDS_DIR),
        release_approvals=chosen.get(("release", "approvals"), 1),
        sample_approvals=chosen.get(("sample", "approvals"), 1),
    )


def _chosen(path: Path) -> dict[tuple[str, str], int]:
    """Return the choices in a configuration by section and key; none without the file."""
    if not path.is_file():
        if os.environ.get("FANGAN_CONFIG"):
            raise ConfigurationError(
                f"没有配置文件（FANGAN_CONFIG）：{path}。There is no such file"
            )
        return {}
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} 不是有效的 TOML。It is no TOML: {error}") from error
    chosen: dict[tuple[str, str], int] = {}
    for section, keys in told.items():
        allowed = _known(section, _CHOICES, f"{path}: [{section}]")
        if not isinstance(keys, dict):
            raise ConfigurationError(f"{path}: {section} 须是一节。Write it as [{section}]")
        for key, value in keys.items():
            values = _known(key, allowed, f"{path}: {section}.{key}")
            if type(value) is not int or value not in values:
                listed = "、".join(map(str, values))
                raise ConfigurationError(
                    f"{path}: {section}.{key} = {value!r}，只能是 {listed}。Give one of these"
                )
            chosen[section, key] = value
    return chosen


def _known(name: str, known: Mapping[str, Any], place: str) -> Any:
    """Return what stands under a name; raise ConfigurationError with the right name."""
    if name in known:
        return known[name]
    [close] = get_close_matches(name, known, 1, 0)
    raise ConfigurationError(f"{place}：没有这个名称，应为 {close}？There is none; is it {close}?")


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
