"""What is promised byte for byte does not depend on what else a home once held."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from publication.october import OCTOBER
from publication.releasing import Office, office, whole_office

from orchestration.publication.database.row_comparison import file_difference
from orchestration.publication.release.release_files import ReleaseFiles
from orchestration.publication.release.reproduction import verify_release
from orchestration.settings import Settings
from orchestration.store.files import sha256_of

__all__ = ["office", "whole_office"]

#: The same rows of October; in the second home nulls lie around them.
_TABLE = "create or replace table marts.fct_note as select date '2022-10-01' as month, n,"
_HISTORIES = (
    f"{_TABLE} 'note ' || n % 3 as note, n::decimal(18, 2) as share from range(10) r(n)",
    f"{_TABLE} if(n < 10, 'note ' || n % 3, null) as note, if(n < 10, n, null)::decimal(18, 2)"
    " as share from range(12) r(n);"
    "update marts.fct_note set month = date '2022-09-01' where n >= 10",
)


def test_homes_of_different_histories_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []
    for number, history in enumerate(_HISTORIES):
        settings = Settings(raw=tmp_path / "raw", home=tmp_path / f"home{number}").prepare()
        _note(settings, monkeypatch, history)
        marts = ReleaseFiles.started(settings, OCTOBER, 1).keep_marts()
        plain = tmp_path / f"plain{number}.parquet"
        with duckdb.connect(str(settings.warehouse)) as connection:
            query = "from marts.fct_note where month = date '2022-10-01' order by n"
            connection.execute(f"copy ({query}) to '{plain}' (format parquet)")
        kept.append((settings.home / marts["fct_note"].path, plain))
    (one, plain_one), (other, plain_other) = kept
    # the writer that was used before does give other bytes here
    assert sha256_of(plain_one) != sha256_of(plain_other)
    assert sha256_of(one) == sha256_of(other)
    assert file_difference(one, other) is None


def _note(settings: Settings, monkeypatch: pytest.MonkeyPatch, history: str) -> None:
    Office(settings, monkeypatch).run()
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(history)


def test_a_release_whose_rows_another_writer_wrote_verifies(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those that earlier versions kept: same rows, same types, other bytes."""

    def otherwise(rows: pa.Table) -> bytes:
        buffer = BytesIO()
        pq.write_table(rows, buffer, compression="gzip")
        return buffer.getvalue()

    office.run()
    with monkeypatch.context() as patched:
        patched.setattr("orchestration.publication.release.release_files.parquet_bytes", otherwise)
        vintage = office.release().vintages[0]
    assert verify_release(office.settings, office.ledger, vintage).faults == ()


@pytest.mark.parametrize("change", ["n + 1", "n::integer"])
def test_other_rows_and_other_types_are_no_equal_rows(tmp_path: Path, change: str) -> None:
    one, other = tmp_path / "one.parquet", tmp_path / "other.parquet"
    for path, column in ((one, "n"), (other, change)):
        rows = f"select {column} as n, null as m from range(3) r(n)"
        duckdb.execute(f"copy ({rows}) to '{path}' (format parquet)")
    assert file_difference(one, other)
    duckdb.execute(
        f"copy (select null as m, n from range(3) r(n) order by n desc) to '{other}'"
        " (format parquet)"
    )
    assert file_difference(one, other) is None
