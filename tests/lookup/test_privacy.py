"""No personal column reaches a look-up: not through list, file, models or pages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from lookup.city import EVERYTHING, building, code, write_city

from orchestration.lookup import columns
from orchestration.lookup.answers import (
    AlterationCase,
    BasicInformation,
    Building,
    DangerCase,
    SafetyInformation,
)
from orchestration.lookup.columns import PersonalColumnError, shown_columns
from orchestration.lookup.file_reading import LookupFile
from orchestration.lookup.pages import answer_page
from orchestration.reference.contracts import load_contracts

PRIVATE = {
    (kind, column.name)
    for kind, contract in load_contracts().items()
    for column in contract.columns
    if column.personal or column.type == "free_text"
}


@pytest.mark.parametrize(("kind", "field"), sorted(PRIVATE))
def test_a_private_column_cannot_be_listed(kind: str, field: str) -> None:
    with pytest.raises(PersonalColumnError, match=field):
        shown_columns(load_contracts()[kind], {"harmless_name": field})


def test_a_private_column_in_the_list_stops_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(columns.BASIC, "contact", "owner_phone")
    columns.basic_columns.cache_clear()
    try:
        with pytest.raises(PersonalColumnError, match="owner_phone"):
            write_city(tmp_path, buildings=[building("1")])
    finally:
        columns.basic_columns.cache_clear()
    assert not list((tmp_path / "internal").glob("*/*/*"))


def test_nothing_private_is_in_the_file_or_on_a_page(tmp_path: Path) -> None:
    """The columns are there to be taken, and filled; none of them is."""
    secrets = {field: f"SECRET-{field}" for _, field in PRIVATE}
    path = write_city(
        tmp_path,
        buildings=[building("1", **secrets)],
        codes=[code("F1", "1", **secrets)],
        plates=[{"doorplate_code": "M1"} | secrets],
        changes=EVERYTHING["changes"],
    )
    assert b"SECRET" not in path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        names = {
            row[1]
            for table in ("about", "subject", "identifier", "refusal")
            for row in connection.execute(f"pragma table_info({table})")
        }
    assert {"address", "survey_status", "value", "reason"} <= names
    assert not names & {field for _, field in PRIVATE}
    file = LookupFile(path)
    answer = {"key": "1", "as_of": file.as_of, "building": file.find("1")}
    assert "SECRET" not in f"{answer}{answer_page(answer)}"


def test_the_models_have_no_private_field() -> None:
    models = (Building, BasicInformation, SafetyInformation, DangerCase, AlterationCase)
    fields = {field for model in models for field in model.model_fields}
    assert not fields & {field for _, field in PRIVATE}
    assert not [f for f in fields if any(w in f for w in ("owner", "phone", "person", "reporter"))]
