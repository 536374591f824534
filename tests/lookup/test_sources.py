"""A released month uses the files of its release, an unreleased one those of the last run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.lookup import sources
from orchestration.lookup.sources import find_sources
from orchestration.publication.database.released_rows import MATCHED
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.files import StoredFileDamageError, sha256_of
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
        release_state=lambda _month: SimpleNamespace(shown="a release" if is_released else None),
    )


@pytest.fixture(autouse=True)
def _first_version_released(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {
        f"{district_id}/{kind}": {"accepted": vars(stored(settings, f"{kind}.first"))}
        for district_id, kind in REGISTERS
    }
    rows[MATCHED] = {"outcomes": vars(stored(settings, "outcomes.first"))}
    monkeypatch.setattr(sources, "read_manifest", lambda *_: {"rows": rows})
    monkeypatch.setattr(sources, "result_file", lambda *_: settings.home / "outcomes.second")


def names(found: sources.Sources) -> list[str]:
    assert found.matched is not None
    accepted = [path.name for paths in found.accepted.values() for path in paths]
    return [*accepted, found.matched.name]


def of(version: str) -> list[str]:
    kinds = ("building_survey", "building_codes", "doorplates", "outcomes")
    return [f"{kind}.{version}" for kind in kinds]


def test_an_unreleased_month_uses_the_last_run(settings: Settings) -> None:
    found = find_sources(settings, ledger(settings, "second", is_released=False), OCTOBER)
    assert names(found) == of("second")


def test_a_released_month_uses_its_release(settings: Settings) -> None:
    """Whatever was delivered and matched since."""
    found = find_sources(settings, ledger(settings, "second", is_released=True), OCTOBER)
    assert names(found) == of("first")


def test_a_changed_release_file_is_not_read(settings: Settings) -> None:
    (settings.home / "outcomes.first").write_bytes(b"changed")
    with pytest.raises(StoredFileDamageError):
        find_sources(settings, ledger(settings, "second", is_released=True), OCTOBER)
