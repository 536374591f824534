"""What is released is what was kept: nothing undecided is published, nothing kept is edited."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from publication.october import OCTOBER, build_warehouse
from publication.releasing import REVISED, SECOND, Office, office, whole_office

from orchestration.publication.database import publish, released_cache
from orchestration.publication.database.publish import PublicationError, publish_statistics
from orchestration.publication.database.reading import logical_hash
from orchestration.publication.release import decisions, release_files
from orchestration.publication.release.decisions import UntrueTextError
from orchestration.store.files import sha256_of

__all__ = ["office", "whole_office"]
#: Every step of a release that comes before the decision.
STEPS: list[tuple[Any, str]] = [
    (release_files.ReleaseFiles, "keep_marts"),
    (decisions, "release_set_with"),
    (publish, "differing_marts"),
    (decisions, "render_issue"),
    (release_files, "logical_hash"),
    (decisions, "manifest_bytes"),
]


def kept_figure(office: Office, number: int = 1) -> int:
    """Return 姑苏区's completed cases in the Parquet that a release kept."""
    path = office.settings.releases / f"2022-10/v{number}/marts/rpt_district_monthly.parquet"
    [(figure,)] = duckdb.execute(
        f"select completed_count from read_parquet('{path}') where district_id = 'gusu'"
    ).fetchall()
    return int(figure)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


def write_texts(office: Office, text: str) -> None:
    texts = office.settings.editorial("2022-10")
    texts.parent.mkdir(parents=True, exist_ok=True)
    texts.write_text(f"# 数据统计\n{text}\n", encoding="utf-8")


def test_a_corrected_figure_is_published_after_a_refused_release(office: Office) -> None:
    """A wrong text refuses; it is mended, 31 becomes 33, and 33 is released everywhere."""
    office.run()
    write_texts(office, "姑苏区处理完成32起。")
    with pytest.raises(UntrueTextError):
        office.release()
    assert left_in(office.settings.releases) == {"2022-10"}
    write_texts(office, "姑苏区处理完成33起。")
    office.run(changes=REVISED)
    office.release()
    assert office.completed() == [(1, "provisional", 33)]
    assert office.completed("marts.rpt_district_monthly_vintage") == [(1, "provisional", 33)]
    assert kept_figure(office) == 33
    office.run()
    assert office.completed() == [(1, "provisional", 33)]


def killed(office: Office, monkeypatch: pytest.MonkeyPatch, step: tuple[Any, str]) -> None:
    """Release in a process that is killed, as by kill -9, once a step is done: nothing cleans up.

    A step that gives a context is entered.
    """
    done = getattr(*step)

    def die(*arguments: Any, **named: Any) -> None:
        result = done(*arguments, **named)
        if hasattr(result, "__enter__"):
            result.__enter__()
        os._exit(9)

    with monkeypatch.context() as patched:
        patched.setattr(*step, die)
        child = multiprocessing.get_context("fork").Process(target=office.release)
        child.start()
        child.join()
    assert child.exitcode == 9, step


def test_a_release_killed_at_any_step_changes_nothing_and_33_is_released(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run()
    before = {path: sha256_of(path) for path in files_of(office.settings.published)}
    for step in STEPS:
        killed(office, monkeypatch, step)
        assert office.ledger.release_state(OCTOBER).decisions == ()
        kept = {path: sha256_of(path) for path in before if path.exists()}
        assert kept == before, step
    office.run(changes=REVISED)
    office.release()
    assert office.completed() == [(1, "provisional", 33)]
    assert kept_figure(office) == 33
    assert not [name for name in left_in(office.settings.home) if name.startswith(".cand")]
    assert office.ledger.verify_audit({}).faults == ()


def test_a_second_release_killed_leaves_the_first_published(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run()
    office.release()
    office.run(changes=REVISED)
    refused = {"at": SECOND, "reason_code": "corrected_delivery"}
    with monkeypatch.context() as patched:
        patched.setattr(decisions, "describe_release", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            office.release(**refused)
    assert left_in(office.settings.releases / "2022-10") >= {"v1"}
    assert "v2" not in left_in(office.settings.releases / "2022-10")
    office.run(changes={"gusu": {"completed_count": 35}})
    assert office.completed("marts.rpt_district_monthly_vintage") == [(1, "provisional", 31)]
    office.release(**refused)
    assert office.completed("marts.rpt_district_monthly_vintage") == [
        (1, "provisional", 31),
        (2, "provisional", 35),
    ]


def _interrupt(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def edit(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("update marts.rpt_district_monthly set completed_count = 31000")


def lose_the_note(path: Path) -> None:
    edit(path)
    path.with_suffix(".json").unlink()


def leave_a_log(path: Path) -> None:
    edit(path)
    path.with_name(f"{path.name}.wal").write_bytes(b"somebody's")


def spoil(path: Path) -> None:
    path.write_bytes(b"no database")


def load_another(path: Path) -> None:
    """What 0.2.0 left of a release that was refused: rows of no decision, whose note is right."""
    edit(path)
    note = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    note |= {"sha256": sha256_of(path), "loaded": {"2022-10/v1": "None"}}
    path.with_suffix(".json").write_text(json.dumps(note), encoding="utf-8")


@pytest.mark.parametrize("damage", [edit, lose_the_note, leave_a_log, spoil, load_another])
def test_rows_that_were_edited_are_loaded_anew(
    office: Office, damage: Callable[[Path], None]
) -> None:
    office.run()
    office.release()
    publish_statistics(office.settings)
    before = logical_hash(office.settings.statistics)
    damage(office.settings.releases / "released.duckdb")
    publish_statistics(office.settings)
    assert logical_hash(office.settings.statistics) == before
    assert office.completed() == [(1, "provisional", 31)]


def test_rows_that_are_loaded_are_not_loaded_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run()
    office.release()
    publish_statistics(office.settings)
    monkeypatch.setattr(released_cache, "_load", _interrupt)
    publish_statistics(office.settings)
    assert office.completed() == [(1, "provisional", 31)]


def test_a_file_that_differs_from_the_kept_rows_is_not_swapped_in(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The query that publishes takes the run's rows for the release's; then none at all."""
    office.run()
    office.release()
    before = sha256_of(office.settings.statistics)
    build_warehouse(office.settings.warehouse, changes=REVISED)
    monkeypatch.setattr(publish, "shown_query", lambda table, *_: f"from warehouse.marts.{table}")
    with pytest.raises(PublicationError, match="rpt_district_monthly differs in 22 rows"):
        publish_statistics(office.settings)
    monkeypatch.setattr(
        publish, "shown_query", lambda table, *_: f"from warehouse.marts.{table} limit 0"
    )
    with pytest.raises(PublicationError, match="rpt_delivery differs in 20 rows"):
        publish_statistics(office.settings)
    assert sha256_of(office.settings.statistics) == before


def test_a_column_that_publishing_fills_in_is_no_difference(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run()
    office.release()
    shown = publish.shown_query

    def filled_in(table: str, *of: Mapping[str, str]) -> str:
        rows = shown(table, *of)
        return f"select *, true as is_total from ({rows})" if table == "rpt_delivery" else rows

    monkeypatch.setattr(publish, "shown_query", filled_in)
    publish_statistics(office.settings)
    assert office.ask("select distinct is_total from marts.rpt_delivery") == [(True,)]


def test_a_release_whose_rows_are_not_the_marts_is_not_made(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.run()
    load = released_cache._load

    def load_wrong(connection: duckdb.DuckDBPyConnection, *arguments: Any) -> None:
        load(connection, *arguments)
        connection.execute("update marts.rpt_district_monthly set completed_count = 31000")

    monkeypatch.setattr(released_cache, "_load", load_wrong)
    with pytest.raises(PublicationError, match="rpt_district_monthly of 2022-10 differs"):
        office.release()
    assert office.ledger.release_state(OCTOBER).decisions == ()
    assert office.completed() == [(0, "provisional", 31)]
