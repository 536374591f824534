"""Which marts are open data, and how: read from ``config.meta`` of each mart's yml.

Every mart must say with ``public`` whether it is open. ``public_rows`` (SQL) leaves out rows,
``disclosure_control`` names the measures whose small counts are suppressed below district level.
Buildings, single cases, findings and names of firms are never open. Add a key here when the yml
needs one; ``open_tables`` applies it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from orchestration.formats.strict_yaml import Strict, refused_keys
from orchestration.reference.contracts import load_contracts
from orchestration.reference.metrics import metric_descriptions, metric_kinds
from orchestration.settings import DBT_PROJECT_DIR

MARTS_DIR = DBT_PROJECT_DIR / "models" / "marts"
#: How a column quotes a metric of the registry.
_QUOTED = re.compile(r"\{\{ doc\(\"(\w+)\"\) \}\}")


class PublicMartError(ValueError):
    """A mart's yml does not say, or does not say correctly, what is public."""


class Suppression(Strict):
    """How small counts of a mart are suppressed.

    Rows with the same ``within_columns`` add up to a published total: the district's figure, or a
    row of the mart ``totals``. Small counts of ``measures`` are left out, together with the
    columns that each of them names, which would reveal them.
    """

    within_columns: tuple[str, ...] = Field(min_length=1)
    totals: str | None = None
    measures: dict[str, tuple[str, ...]] = Field(min_length=1)


class _Meta(Strict):
    public: bool
    key: tuple[str, ...] = Field(min_length=1)
    public_rows: str | None = None
    suppression: Suppression | None = None


class PublicMart(Strict):
    """One open mart; ``key`` are the columns that identify its rows.

    ``columns`` has the meaning of each column, for metrics from the registry; ``kinds`` has the
    kind of each column that is a metric. They come from the yml and not from the published file,
    since a release that is made again from its rows has no comments. ``rows`` is the SQL condition
    of the open rows; None means all.
    """

    name: str
    description: str
    columns: dict[str, str]
    kinds: dict[str, str]
    key: tuple[str, ...]
    rows: str | None
    suppression: Suppression | None


@cache
def public_marts(folder: Path = MARTS_DIR) -> dict[str, PublicMart]:
    """Return the open marts by name; raise PublicMartError naming file and key otherwise."""
    marts = {}
    words, kinds = metric_descriptions(), metric_kinds()
    for path in sorted(folder.rglob("*.yml"), key=lambda path: path.stem):
        for model in yaml.load(path.read_bytes(), yaml.CSafeLoader)["models"]:
            meta = _meta(path, model)
            if meta.public:
                _refuse_closed(path, {column["name"] for column in model["columns"]})
                marts[model["name"]] = PublicMart(
                    name=model["name"],
                    description=" ".join(model["description"].split()),
                    columns={
                        column["name"]: _QUOTED.sub(
                            lambda found: words[found[1]], column["description"]
                        )
                        for column in model["columns"]
                    },
                    kinds={
                        column["name"]: kinds[quoted[1]]
                        for column in model["columns"]
                        if (quoted := _QUOTED.search(column["description"]))
                    },
                    key=meta.key,
                    rows=meta.public_rows,
                    suppression=meta.suppression,
                )
    for mart in marts.values():
        totals = mart.suppression and mart.suppression.totals
        if totals and not (totals in marts and marts[totals].suppression):
            raise PublicMartError(
                f"{mart.name}: config.meta.suppression.totals: {totals} is no open mart with a"
                " suppression of its own; its rows would not be safe totals"
            )
    return marts


def _refuse_closed(path: Path, columns: set[str]) -> None:
    """Raise PublicMartError for a delivered column that its contract does not make public."""
    for contract in load_contracts().values():
        for column in contract.columns:
            if column.name in columns and not column.is_public:
                raise PublicMartError(
                    f"{path.name}: {column.name} is not public by the contract of {contract.kind}:"
                    " leave it out, or say there why anybody may read it"
                )


def _meta(path: Path, model: dict[str, Any]) -> _Meta:
    try:
        return _Meta.model_validate(model.get("config", {}).get("meta", {}))
    except ValidationError as error:
        raise PublicMartError(f"{path.name}: {refused_keys(error, 'config.meta')}") from error
