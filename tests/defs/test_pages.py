"""From an asset one comes to its page and to its code; a table shows its columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dagster import AssetKey, MetadataValue, asset

from orchestration.defs import pages
from orchestration.defs.columns import column_metadata
from orchestration.modelling.columns import Columns
from orchestration.reference.months import Month
from orchestration.settings import PROJECT_ROOT, Settings


@asset(group_name="marts")
def counted() -> None:
    """One asset."""


def _metadata() -> dict[str, Any]:
    [linked] = pages.with_pages([counted])
    return dict(linked.metadata_by_key[AssetKey("counted")])


def test_an_asset_leads_to_its_pages_and_its_file(settings: Settings) -> None:
    metadata = _metadata()
    assert metadata["全部月份"] == MetadataValue.path(str(settings.published / "index.html"))
    assert "指标定义" in metadata
    [code] = metadata["dagster/code_references"].code_references
    assert Path(code.file_path).name == Path(__file__).name


def test_links_lead_to_the_proxy_where_there_is_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANGAN_SITE_URL", "https://fangan.example/")
    shown = pages.month_pages(settings, Month(2022, 10), "quality.html")
    assert shown == {"数据质量页": MetadataValue.url("https://fangan.example/2022-10/quality.html")}


def test_code_leads_to_the_commit_in_the_repository_if_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"remote": "git@github.com:office/fangan.git", "rev-parse": "1f3d"}
    monkeypatch.setattr(pages, "_git", lambda *arguments: answers[arguments[0]])
    [code] = _metadata()["dagster/code_references"].code_references
    place = Path(__file__).relative_to(PROJECT_ROOT)
    assert code.url.startswith(f"https://github.com/office/fangan/tree/1f3d/{place}#L")


def test_a_return_package_is_a_path_or_the_command_that_makes_it(settings: Settings) -> None:
    month = Month(2022, 10)
    command = pages.return_package(settings, month, "gusu")
    assert command == MetadataValue.text("fangan return 2022-10 gusu")
    folder = settings.home / "returns" / "2022-10" / "gusu"
    folder.mkdir(parents=True)
    assert pages.return_package(settings, month, "gusu") == MetadataValue.path(str(folder))


def test_columns_have_types_descriptions_and_origins() -> None:
    columns = Columns(
        {"month": "DATE", "rows": "BIGINT"},
        {"month": ["staging.stg_b.month", "exports.b.month"], "rows": []},
    )
    described = {"month": {"description": "Month."}}
    metadata = column_metadata(columns, described, frozenset({"staging.stg_b"}))
    month, rows = metadata["dagster/column_schema"].columns
    assert (month.name, month.type, month.description) == ("month", "DATE", "Month.")
    assert (rows.type, rows.description) == ("BIGINT", None)
    # what is no asset is told in the table alone
    [dep] = metadata["dagster/column_lineage"].deps_by_column["month"]
    assert (dep.asset_key, dep.column_name) == (AssetKey(["staging", "stg_b"]), "month")
    assert "exports.b.month" in metadata["列的来源"].value
    assert column_metadata(None, described, frozenset()) == {}
