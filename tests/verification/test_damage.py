"""``fangan verify`` finds every kind of damage and repairs what can be repaired."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from publication.releasing import Office
from verification.stored import (
    ALONE,
    FILES,
    PUBLIC,
    RELEASED,
    Case,
    cut,
    flip,
    lose,
    store_everything,
)

from orchestration.console.output import Record
from orchestration.console.stored import repairing
from orchestration.console.stored.verifying import verify, verify_releases
from orchestration.ingest.reader_pool import ReaderPool
from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.issue import placing
from orchestration.publication.release import reproduction
from orchestration.publication.release.reproduction import verify_release
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger


def _short_outputs(patch: pytest.MonkeyPatch) -> None:
    """Make short outputs: the tests only compare them."""
    patch.setattr(placing, "render_page", lambda model, at, *_, **__: f"{model.vintage} {at}" * 30)
    patch.setattr(placing, "render_explanations", lambda model, rows, at: f"{at}")
    patch.setattr(placing, "render_quality_page", lambda model, at: f"{at}")
    for name in ("render_workbook", "render_document", "render_pdf"):
        patch.setattr(placing, name, lambda model, at, *_: f"{at}".encode() * 9)
    patch.setattr(placing, "render_open_data", lambda *_: dict[str, bytes]())


@pytest.fixture(scope="module")
def base(
    tmp_path_factory: pytest.TempPathFactory, readers: ReaderPool
) -> Iterator[tuple[Settings, pytest.MonkeyPatch]]:
    folder = tmp_path_factory.mktemp("stored")
    settings = Settings(raw=folder / "raw", home=folder / "home").prepare()
    with pytest.MonkeyPatch.context() as patch:
        office = Office(settings, patch)
        _short_outputs(patch)
        patch.setattr(repairing, "run_month", _as_a_run)
        patch.setattr(repairing, "rebuild_warehouse", _rebuilt)
        store_everything(office, readers)
        yield settings, patch


def _as_a_run(settings: Settings, month: object, *, again: bool) -> None:
    """Publish as a run does; judging and modelling are tested with real runs."""
    publish_statistics(settings)


def _rebuilt(settings: Settings, tell: object) -> None:
    from publication.october import build_warehouse

    build_warehouse(settings.warehouse)


@pytest.fixture
def stored(base: tuple[Settings, pytest.MonkeyPatch], tmp_path: Path) -> Settings:
    """A copy of the home that tests may damage."""
    settings = Settings(raw=tmp_path / "raw", home=tmp_path / "copy")
    shutil.copytree(base[0].raw, settings.raw, dirs_exist_ok=True)
    # the write-ahead log would undo a damage; the ledger itself is complete
    without = shutil.ignore_patterns("ledger.sqlite-*")
    shutil.copytree(base[0].home, settings.home, ignore=without)
    return settings


def _damaged(settings: Settings, cases: tuple[Case, ...]) -> dict[str, str]:
    """Apply the damages; return the path of each by its name, below the home."""
    return {case.name: str(case.damage(settings.home).relative_to(settings.home)) for case in cases}


def test_an_intact_home_verifies_and_is_not_changed(stored: Settings) -> None:
    before = _times(stored)
    report = verify(stored, None, repairs=True)
    assert report["damages"] == []
    assert report["checked_count"] > 100
    assert report["is_whole"]
    assert _times(stored) == before


def _times(settings: Settings) -> dict[Path, int]:
    rooms = ("archive", "landing", "accepted", "quarantine", "releases", "published")
    paths = [path for room in rooms for path in (settings.home / room).rglob("*")]
    return {path: path.stat().st_mtime_ns for path in paths if path.is_file()}


@pytest.mark.parametrize(
    "cases",
    [FILES, RELEASED, PUBLIC, *((case,) for case in ALONE)],
    ids=lambda cases: cases[-1].name,
)
def test_every_damage_is_found_and_repaired_if_possible(
    stored: Settings, monkeypatch: pytest.MonkeyPatch, cases: tuple[Case, ...]
) -> None:
    # the test of the intact home shows that releases are reproduced
    monkeypatch.setattr(reproduction, "_made_again", lambda *_: [])
    paths = _damaged(stored, cases)
    damaged = {name: _bytes(stored, path) for name, path in paths.items()}
    found = _by_path(verify(stored, None, repairs=True))
    assert {name: found.get(path, {}).get("is_mended") for name, path in paths.items()} == {
        case.name: case.is_mended for case in cases
    }
    for case in cases:
        repair = "repaired" if case.is_mended else found[paths[case.name]]["mends"]
        print(f"{case.name} | {paths[case.name]} | found | {repair}")
        if not case.is_mended:
            # a file that cannot be made again must not be changed
            assert _bytes(stored, paths[case.name]) == damaged[case.name]


def _by_path(report: Record) -> dict[str, Record]:
    return {damage["path"]: damage for damage in report["damages"]}


def _bytes(settings: Settings, path: str) -> bytes | None:
    file = settings.home / path
    return file.read_bytes() if file.exists() else None


@pytest.mark.parametrize("kept", ["manifest.json", "marts/rpt_verdict.parquet"])
def test_a_damaged_release_is_reported_once_and_its_files_are_not_strays(
    stored: Settings, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    monkeypatch.setattr(reproduction, "_made_again", lambda *_: [])
    path = cut(f"releases/2022-10/v1/{kept}")(stored.home)
    [damage] = verify(stored, None, repairs=False)["damages"]
    assert (damage["path"], damage["remedy"]) == (str(path.relative_to(stored.home)), "backup")


@pytest.mark.parametrize("damage", [lose, flip])
def test_a_release_does_not_verify_without_the_deliveries_it_was_made_from(
    stored: Settings,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[str], Callable[[Path], Path]],
) -> None:
    monkeypatch.setattr(reproduction, "_made_again", lambda *_: [])
    october = Month(2022, 10)
    [vintage] = Ledger(stored.ledger).release_state(october).vintages
    assert verify_release(stored, Ledger(stored.ledger), vintage).faults == ()
    path = damage("archive/*/{gaoxin}")(stored.home)
    [fault] = verify_release(stored, Ledger(stored.ledger), vintage).faults
    assert str(path) in fault
    [report] = verify_releases(stored, october, from_archive=False)
    assert str(path) in "".join(report["faults"])
