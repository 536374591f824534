"""The contract of each export kind, read from the dbt source files in ``models/exports``.

One YAML file is the only home of a kind's headers, synonyms, types, keys, code lists and
privacy; dbt reads the same file as a source. The pydantic models below cover the *whole* file
and forbid unknown keys, because dbt itself silently accepts a misspelt key. dbt's own keys
(``freshness``, ``tags``, ``data_tests``) are in ``dbt_properties``; ours are under ``config.meta``.
Add one of our keys here when any kind may have it. Rules about values belong in ``expectations``.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from orchestration.formats.strict_yaml import Strict, read_strictly
from orchestration.reference.dbt_properties import (
    DbtColumn,
    DbtConfig,
    DbtFreshnessConfig,
    DbtSource,
    DbtTable,
)
from orchestration.reference.districts import CITY_ID, reporting_districts
from orchestration.reference.months import Month
from orchestration.settings import CONTRACTS_DIR

#: The custom document property with a template's contract stamp.
STAMP_PROPERTY = "fangan_template"
_VERSION_DIGITS = 12
#: What RE2 lacks or reads differently from Python; callers anchor the pattern.
_NOT_SHARED = re.compile(
    r"\(\?(?!:)|\\[0-9A-Za-z]|[*+?}]\+|\^(?<!\[\^)|\$|\{,|\{[0-9,]*[0-9]{4}|\[\[|[^ -~]"
)
_STAMP = re.compile(rf"([a-z][a-z0-9_]*) ([0-9a-f]{{{_VERSION_DIGITS}}})")

Privacy = Literal["public", "lookup", "office", "personal"]
ColumnType = Literal["text", "free_text", "identifier", "code", "integer", "decimal", "date"]


class ContractError(ValueError):
    """A contract file that cannot be trusted; the message names file and key."""


class ColumnMeta(Strict):
    """What a column's ``config.meta`` may say.

    ``header`` is the canonical header, with ``/`` between the levels of a merged header;
    ``optional`` columns may be absent from a file. A summed decimal is added up with
    ``kept_scale`` places before the sum is rounded to ``scale``; cells with more are reported.

    ``pattern`` is a regular expression for the whole of an identifier after it is trimmed and made
    half-width. RE2 and Python must read it alike: groups only as ``(?:…)``, backslashes only
    before punctuation, no anchors, ASCII only. An office may change it; the rules then use it.

    ``privacy`` says who may read a column. Cells of ``personal`` columns (names, phones of persons)
    leave the archive only as states. ``office`` columns are read in the office and never published:
    text in which a person may be named. ``lookup`` columns are also shown to a person who looks up
    that building. Only ``public`` columns may appear in open marts, on pages and in the bulletin.
    By default text is ``office`` and other types are ``public``. Personal numbers are always masked
    when a file is read.

    A ``flow`` counts what happened in one month; a sum over several months is no value of it.
    """

    header: str
    synonyms: tuple[str, ...] = ()
    type: ColumnType
    unit: str | None = None
    precision: int | None = None
    scale: int | None = None
    kept_scale: int | None = None
    codes: tuple[str, ...] = ()
    pattern: str | None = None
    optional: bool = False
    privacy: Privacy | None = None
    flow: bool = False
    since: str | None = None

    @property
    def personal(self) -> bool:
        """Whether cells are kept as states only."""
        return self.privacy == "personal"

    @property
    def may_be_looked_up(self) -> bool:
        """Whether a person who looks up a building may see it; never for free text."""
        return self.type != "free_text" and self.audience in ("public", "lookup")

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.audience == "public"

    @property
    def audience(self) -> Privacy:
        """Who may read it: what the contract says, or what its type gives."""
        return self.privacy or ("office" if self.type in ("text", "free_text") else "public")

    @model_validator(mode="after")
    def _agree(self) -> ColumnMeta:
        if (self.type == "code") != bool(self.codes):
            raise ValueError("'codes' belongs to a column of type 'code', and to no other")
        if (self.type == "decimal") != (self.scale is not None and self.precision is not None):
            raise ValueError("'precision' and 'scale' belong to a decimal, and to no other")
        if self.pattern is not None:
            if self.type != "identifier":
                raise ValueError("'pattern' belongs to an identifier, and to no other")
            _refuse_pattern(self.pattern)
        return self


def _refuse_pattern(pattern: str) -> None:
    """Raise ValueError for no regular expression, or one that RE2 and Python read differently."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"'pattern' is no regular expression: {error}") from error
    odd = _NOT_SHARED.search(pattern)
    if odd:
        raise ValueError(f"'pattern' holds {odd[0]!r}, which is anchored or read elsewhere")


class _ColumnConfig(DbtConfig):
    meta: ColumnMeta


class _Column(DbtColumn):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    config: _ColumnConfig


class KindMeta(Strict):
    """What a kind's ``config.meta`` may say.

    ``file_words`` are the Chinese words that a file name may have instead of the English stem.
    ``total_tolerance`` is, per measure, the allowed difference of a 合计 from its rows, for each
    row plus one (0 for other measures). ``may_end_later`` kinds may have an as-at date in the
    following month. ``may_be_empty`` kinds may have nothing to report: a header and an as-at date
    without data rows then mean zero. ``rows_by`` kinds report figures, one row per place named in
    that column, with totals beside them. ``history_months`` is how many earlier months the kind's
    rules read, beside the previous one. Overviews show ``shown_when_missing`` kinds even if they
    are missing. A delivery is refused if more than ``quarantined_share`` of its rows are
    quarantined, small ledgers too: one bad row of forty cases is 2.5 %, more than the published
    table can bear, and quickly mended.
    """

    title: str
    delivered_by: Literal["district", "city"]
    file_words: tuple[str, ...]
    key: tuple[str, ...]
    district_column: str | None
    total_tolerance: dict[str, str] = Field(default_factory=dict)
    may_end_later: bool = False
    may_be_empty: bool = False
    rows_by: str | None = None
    history_months: int = Field(default=0, ge=0)
    quarantined_share: float = Field(default=0.01, ge=0, le=1)
    shown_when_missing: bool = False
    since: str


class _TableConfig(DbtFreshnessConfig):
    meta: KindMeta


class _Table(DbtTable):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str
    config: _TableConfig
    columns: tuple[_Column, ...]


class _Source(DbtSource):
    name: Literal["exports"]
    schema_: Literal["exports"] = Field(alias="schema")
    tables: tuple[_Table, ...] = Field(min_length=1, max_length=1)


class _ContractFile(Strict):
    version: Literal[2]
    sources: tuple[_Source, ...] = Field(min_length=1, max_length=1)


class ContractColumn(ColumnMeta):
    """A column of a contract: its field name, its description and its meta."""

    name: str
    description: str


class Contract(KindMeta):
    """One export kind: its meta, its columns in canonical order, and the file's fingerprint."""

    kind: str
    description: str
    columns: tuple[ContractColumn, ...]
    version: str

    @property
    def stamp(self) -> str:
        """The stamp of templates made from this contract: its kind and version."""
        return f"{self.kind} {self.version}"

    @property
    def fields(self) -> tuple[str, ...]:
        """Field names in canonical order."""
        return tuple(column.name for column in self.columns)

    @property
    def flows(self) -> tuple[str, ...]:
        """Field names of the flows, in canonical order."""
        return tuple(column.name for column in self.columns if column.flow)

    def column(self, field: str) -> ContractColumn:
        """Return the column with that field name; raise KeyError if there is none."""
        for column in self.columns:
            if column.name == field:
                return column
        raise KeyError(f"{self.kind} has no column {field!r}")


def read_stamp(text: str) -> tuple[str, str] | None:
    """Return kind and contract version of a template's stamp, or None for other text.

    >>> read_stamp("monthly_report 0123456789ab")
    ('monthly_report', '0123456789ab')
    """
    match = _STAMP.fullmatch(text)
    return (match[1], match[2]) if match else None


def load_contract(path: Path) -> Contract:
    """Read one contract file.

    Raises ContractError with the file and the offending key, also if the kind's name differs from
    the file's stem, a key is no column, or a header is used twice.
    """
    table = read_strictly(path, _ContractFile, ContractError).sources[0].tables[0]
    contract = Contract(
        **table.config.meta.model_dump(),
        kind=table.name,
        description=" ".join(table.description.split()),
        columns=tuple(
            ContractColumn(
                name=column.name,
                description=column.description,
                **column.config.meta.model_dump(),
            )
            for column in table.columns
        ),
        version=hashlib.sha256(path.read_bytes()).hexdigest()[:_VERSION_DIGITS],
    )
    _refuse_contradictions(contract, path)
    return contract


def _refuse_contradictions(contract: Contract, path: Path) -> None:
    if contract.kind != path.stem:
        raise ContractError(f"{path.name}: holds the table {contract.kind!r}; name both alike")
    named = [*contract.key, *contract.total_tolerance, contract.district_column, contract.rows_by]
    for field in named:
        if field is not None and field not in contract.fields:
            raise ContractError(f"{path.name}: config.meta names {field!r}, which is no column")
    owner: dict[str, str] = {}
    for column in contract.columns:
        for header in (column.header, *column.synonyms):
            if owner.setdefault(header, column.name) != column.name:
                raise ContractError(
                    f"{path.name}: header {header!r} is claimed by {owner[header]} "
                    f"and {column.name}"
                )


@cache
def load_contracts(folder: Path = CONTRACTS_DIR) -> dict[str, Contract]:
    """Read every contract of ``folder``, keyed by kind, in file-name order."""
    return {path.stem: load_contract(path) for path in sorted(folder.glob("*.yml"))}


def owed_deliveries(month: Month) -> tuple[tuple[str, str], ...]:
    """Return (district_id, kind) of all deliveries owed for a month, in bulletin order."""
    owing = (*(district.district_id for district in reporting_districts(month)), CITY_ID)
    return tuple((district_id, kind) for district_id in owing for kind in kinds_of(district_id))


def kinds_of(district_id: str) -> tuple[str, ...]:
    """Return the kinds that a district, or the city, delivers."""
    level = "city" if district_id == CITY_ID else "district"
    return tuple(kind for kind, c in load_contracts().items() if c.delivered_by == level)
