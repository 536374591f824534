"""The keys that dbt knows in a source file, beside those of ours under ``config.meta``.

dbt itself accepts a misspelt key in silence, so what it knows is listed here and everything else
is refused. Left out is what says where a source lies (``database``, ``identifier``, ``quoting``,
``enabled``, ``external``): the run writes ``exports.<kind>`` itself.
https://docs.getdbt.com/reference/source-properties
"""

from __future__ import annotations

from typing import Any

from orchestration.formats.strict_yaml import Strict


class DbtConfig(Strict):
    """What ``config`` may say of a source, a table or a column."""

    tags: tuple[str, ...] | str = ()


class DbtFreshnessConfig(DbtConfig):
    """What ``config`` may say of a source or a table."""

    freshness: Any = None
    loaded_at_field: str | None = None
    loaded_at_query: str | None = None
    event_time: str | None = None


class DbtColumn(Strict):
    """What dbt knows of a column."""

    data_type: str | None = None
    data_tests: tuple[Any, ...] = ()
    tests: tuple[Any, ...] = ()
    constraints: tuple[Any, ...] = ()
    quote: bool | None = None
    granularity: str | None = None
    tags: tuple[str, ...] | str = ()
    docs: dict[str, Any] | None = None


class DbtFreshness(Strict):
    """What dbt knows of how new a source or a table is, and what both may have."""

    freshness: Any = None
    loaded_at_field: str | None = None
    loaded_at_query: str | None = None
    tags: tuple[str, ...] | str = ()


class DbtTable(DbtFreshness):
    """What dbt knows of a source's table."""

    data_tests: tuple[Any, ...] = ()
    tests: tuple[Any, ...] = ()
    docs: dict[str, Any] | None = None


class DbtSource(DbtFreshness):
    """What dbt knows of a source."""

    description: str = ""
    loader: str = ""
    config: DbtFreshnessConfig = DbtFreshnessConfig()
