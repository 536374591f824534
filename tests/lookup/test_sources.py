"""A released month is told from what its release keeps, an open one from the last run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.lookup import sources
from orchestration.lookup.sources import SourcesDifferError, find_sources
from orchestration.months import Month
from orchestration.settings import Settings
from orchestration.store.files import sha256_of
from orchestration.store.records import StoredFile

OCTOBER = Month(2022, 10)
REGISTERS = (("gusu", "building_survey"), ("city", "building_codes"), ("city", "doorplates"))


def stored(settings: Settings, name: str) -> StoredFile:
    path = settings.home / name
    path.write_bytes(name.encode())
    return StoredFile(name, sha256_of(path))


def ledger(settings: Settings, version: str, *, is_released: bool) -> Any:
    """A ledger whose last judgements are of that version."""
    judgements = [
        SimpleNamespace(
            district_id=district_id,
            kind=kind,
            files={"accepted": stored(settings, f"{kind}.{version}")},
        )
        for district_id, kind in REGISTERS
    ]
    return SimpleNamespace(
        judgements=lambda _month: judgements,
        standing=lambda _month: SimpleNamespace(shown="a release" if is_released else None),
    )


@pytest.fixture(autouse=True)
def _first_version_released(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {
        f"{district_id}/{kind}": {"accepted": vars(stored(settings, f"{kind}.first"))}
        for district_id, kind in REGISTERS
    }
    monkeypatch.setattr(sources, "read_manifest", lambda *_: {"rows": rows})
    monkeypatch.setattr(sources, "result_file", lambda *_: None)


def names(found: sources.Sources) -> list[str]:
    return [path.name for paths in found.accepted.values() for path in paths]


def test_an_open_month_is_told_from_the_last_run(settings: Settings) -> None:
    found = find_sources(settings, ledger(settings, "second", is_released=False), OCTOBER)
    assert names(found) == ["building_survey.second", "building_codes.second", "doorplates.second"]


def test_a_released_month_is_told_from_its_release(settings: Settings) -> None:
    found = find_sources(settings, ledger(settings, "second", is_released=True), OCTOBER)
    assert names(found) == ["building_survey.first", "building_codes.first", "doorplates.first"]


def test_what_was_matched_since_is_not_told_with_what_was_released(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "result_file", lambda *_: settings.home / "codes.parquet")
    same = find_sources(settings, ledger(settings, "first", is_released=True), OCTOBER)
    assert same.matched == settings.home / "codes.parquet"
    with pytest.raises(SourcesDifferError, match="fangan release"):
        find_sources(settings, ledger(settings, "second", is_released=True), OCTOBER)
