"""A release is kept whole, made again byte for byte, and damage to it is found."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest
from publication.mart_tables import insert
from publication.october import build_warehouse, score, verdict
from publication.releasing import REVISED, SECOND, Office, files_below, office, whole_office

from orchestration.publication.database.publish import publish_statistics
from orchestration.publication.database.reading import logical_hash
from orchestration.publication.issue.pdf import NoChineseFontError, chinese_family
from orchestration.publication.release.reproduction import verify_release
from orchestration.settings import Settings
from orchestration.store.files import StoredFileDamageError

__all__ = ["office", "whole_office"]


def test_the_same_rows_and_time_give_the_same_bytes_in_another_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for name in ("one", "other"):
        settings = Settings(raw=tmp_path / "raw", home=tmp_path / name).prepare()
        other = Office(settings, monkeypatch)
        other.run()
        other.release(is_final=True)
        tables = [row[0] for row in other.ask("select table_name from duckdb_tables()")]
        made.append(
            (
                files_below(settings.releases / "2022-10"),
                files_below(settings.published / "2022-10"),
                logical_hash(settings.statistics, tables),
            )
        )
    assert made[0] == made[1]
    assert any(name.endswith(".parquet") for name in made[0][0])
    issued = {"manifest.json", "bulletin.xlsx", "bulletin.docx", "bulletin.html"}
    assert {f"v1/{name}" for name in issued} <= made[0][1].keys()
    # a machine without a Chinese font makes no pdf, and says so
    assert ("v1/bulletin.pdf" in made[0][1]) == has_chinese_font()


def has_chinese_font() -> bool:
    try:
        return bool(chinese_family())
    except NoChineseFontError:
        return False


def test_a_release_verifies_and_what_changed_of_it_is_found(whole_office: Office) -> None:
    whole_office.run()
    vintage = whole_office.release(is_final=True).vintages[0]
    whole_office.run(changes=REVISED)
    whole_office.release(SECOND, reason_code="corrected_delivery")
    report = verify_release(whole_office.settings, whole_office.ledger, vintage)
    assert (report.faults, report.changed_code) == ((), ())
    assert report.checked_count > 20
    kept = (
        whole_office.settings.releases / "2022-10" / "v1" / "marts" / "rpt_district_monthly.parquet"
    )
    kept.chmod(0o600)
    damaged = bytearray(kept.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    kept.write_bytes(damaged)
    (whole_office.settings.published / "2022-10" / "v1" / "bulletin.xlsx").unlink()
    faults = "\n".join(verify_release(whole_office.settings, whole_office.ledger, vintage).faults)
    assert "rpt_district_monthly.parquet" in faults
    assert "bulletin.xlsx" in faults


def test_the_context_of_a_release_is_kept_with_it(whole_office: Office) -> None:
    september = {"month": date(2022, 9, 1)}
    scores = [score(9, 10), score(7, 10, **september)]
    whole_office.run(scores=scores)
    vintage = whole_office.release().vintages[0]
    page = whole_office.settings.published / "2022-10" / "v1" / "quality.html"
    released = page.read_bytes()
    whole_office.run(scores=[score(9, 10), score(1, 10, **september)])
    assert whole_office.ask("select max(numerator) from marts.rpt_data_quality_monthly") == [(9,)]
    assert verify_release(whole_office.settings, whole_office.ledger, vintage).faults == ()
    assert page.read_bytes() == released


def test_a_manifest_that_is_not_the_ledgers_is_no_manifest(office: Office) -> None:
    office.run()
    vintage = office.release().vintages[0]
    path = office.settings.releases / "2022-10" / "v1" / "manifest.json"
    path.chmod(0o600)
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | {"note": "nicer"}), encoding="utf-8")
    report = verify_release(office.settings, office.ledger, vintage)
    assert "manifest.json" in report.faults[0]
    (office.settings.releases / "released.duckdb").unlink()
    with pytest.raises(StoredFileDamageError, match=r"manifest\.json"):
        publish_statistics(office.settings)


def test_a_warehouse_that_was_lost_still_publishes_what_was_released(office: Office) -> None:
    office.run()
    office.release(is_final=True)
    build_warehouse(office.settings.warehouse)
    with duckdb.connect(str(office.settings.warehouse)) as connection:
        connection.execute("delete from marts.rpt_district_monthly")
        insert(connection, "rpt_verdict", [verdict()])
    publish_statistics(office.settings)
    assert office.completed() == [(1, "final", 31)]
    shutil.rmtree(office.settings.published)
    office.settings.published.mkdir()
    publish_statistics(office.settings)
    assert office.completed() == [(1, "final", 31)]
