"""A contract that cannot be trusted fails at load, with its file and key."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml
from dbt.cli.main import dbtRunner

from orchestration.reference.contracts import (
    ContractError,
    load_contract,
    load_contracts,
    owed_deliveries,
)
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month
from orchestration.settings import CONTRACTS_DIR

SOURCE = CONTRACTS_DIR / "monthly_report.yml"


#: What a dbt user would add to a contract, in dbt's own words.
DBT_KEYS = [
    ("    schema: exports\n", "    schema: exports\n    config: {tags: [monthly]}\n"),
    (
        "        config:\n",
        "        data_tests: [{unique: {arguments: {column_name: town}}}]\n"
        "        config:\n"
        "          tags: [bulletin]\n"
        "          loaded_at_field: month\n"
        "          freshness: {warn_after: {count: 40, period: day}}\n",
    ),
    (
        "          - name: district\n",
        "          - name: district\n"
        "            data_type: varchar\n"
        "            data_tests: [not_null]\n",
    ),
    ("            config:\n", "            config:\n              tags: [key]\n"),
]


def _changed(folder: Path, old: str, new: str) -> Path:
    text = SOURCE.read_text(encoding="utf-8")
    assert old in text
    path = folder / SOURCE.name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_every_contract_loads_with_keys_among_its_columns() -> None:
    contracts = load_contracts()
    assert set(contracts) >= {
        "monthly_report",
        "building_survey",
        "building_changes",
        "alteration_cases",
    }
    for contract in contracts.values():
        assert set(contract.key) <= set(contract.fields)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("synonyms:", "synonims:", "synonims"),
        ("delivered_by:", "deliverd_by:", "deliverd_by"),
        ("type: integer", "type: number", "meta.type"),
        ("key: [district, town]", "key: [district, village]", "village"),
        ("synonyms: [投诉举报,", "synonyms: [已排查幢数,", "已排查幢数"),
        ("                scale: 2\n", "", "precision"),
        ("name: monthly_report", "name: month_report", "month_report"),
        ("    schema: exports\n", "    schema: exports\n    tags_: [x]\n", "tags_"),
        (
            "    schema: exports\n",
            "    schema: exports\n    config: {freshnes: null}\n",
            "freshnes",
        ),
        ("        config:\n", "        identifier: x\n        config:\n", "identifier"),
        ("          meta:\n", "          meta:\n            tags: [x]\n", "meta.tags"),
    ],
)
def test_a_mistake_in_a_contract_names_file_and_key(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    with pytest.raises(ContractError) as error:
        load_contract(_changed(tmp_path, old, new))
    assert "monthly_report.yml" in str(error.value)
    assert named in str(error.value)


def test_keys_of_dbt_are_allowed_and_known_to_dbt(tmp_path: Path) -> None:
    path = tmp_path / "models" / SOURCE.name
    path.parent.mkdir()
    text = SOURCE.read_text(encoding="utf-8")
    for old, new in DBT_KEYS:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    assert load_contract(path).fields == load_contract(SOURCE).fields

    (tmp_path / "dbt_project.yml").write_text(
        "name: one\nprofile: one\nflags: {warn_error_options: {error: [Deprecations]}}\n"
    )
    (tmp_path / "profiles.yml").write_text(
        "one: {target: one, outputs: {one: {type: duckdb, path: ':memory:'}}}\n"
    )
    folders = ("--project-dir", str(tmp_path), "--profiles-dir", str(tmp_path))
    written = ("--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs"))
    parsed = dbtRunner().invoke(["--quiet", "parse", *folders, *written])
    assert parsed.success, parsed.exception
    source = parsed.result.sources["source.one.exports.monthly_report"]
    assert set(source.tags) == {"monthly", "bulletin"}
    assert source.freshness.warn_after.count == 40
    assert source.loaded_at_field == "month"
    assert len(parsed.result.nodes) == 2


def test_broken_yaml_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.yml"
    path.write_text("a: [1", encoding="utf-8")
    with pytest.raises(ContractError, match=r"broken\.yml"):
        load_contract(path)


def test_contracts_list_the_columns_of_the_export_description() -> None:
    survey = load_contracts()["building_survey"]
    assert [c.name for c in survey.columns if c.personal] == [
        "owner_name",
        "owner_phone",
        "surveyor",
    ]
    content = yaml.safe_load((CONTRACTS_DIR / "building_survey.yml").read_text(encoding="utf-8"))
    assert len(content["sources"][0]["tables"][0]["columns"]) == len(survey.columns)


def test_every_district_owes_five_kinds_and_the_city_three_at_the_end() -> None:
    owed = owed_deliveries(Month.parse("2022-10"))
    assert len(set(owed)) == len(owed) == 10 * 5 + 3
    assert owed[0][0] == "zhangjiagang"
    assert [kind for district_id, kind in owed if district_id == CITY_ID] == [
        "building_codes",
        "doorplates",
        "quality_inspection",
    ]
    assert [district_id for district_id, _ in owed[-3:]] == [CITY_ID] * 3


def test_every_identifier_has_a_pattern_that_both_engines_know() -> None:
    columns = [c for contract in load_contracts().values() for c in contract.columns]
    assert {c.name for c in columns if c.type == "identifier"} == {
        c.name for c in columns if c.pattern
    }
    for column in columns:
        if column.pattern:
            texts = pa.array(["32050800000001", "同上", "3.20508E+13", "FM-1/2", "-", "N/A", ""])
            asked = pc.match_substring_regex(texts, f"^(?:{column.pattern})$").to_pylist()
            assert asked == [bool(re.fullmatch(column.pattern, t)) for t in texts.to_pylist()]
            assert asked[0]
            assert not any(asked[1:3] + asked[4:])


@pytest.mark.parametrize("pattern", [r"\\d{11}", "[0-9", "^[0-9]+$", "(?=1)[0-9]+", "[0-9]++"])
def test_a_pattern_that_is_not_read_alike_everywhere_is_refused(
    tmp_path: Path, pattern: str
) -> None:
    source = CONTRACTS_DIR / "building_survey.yml"
    path = tmp_path / source.name
    text = source.read_text(encoding="utf-8")
    assert "[0-9]{11,20}" in text
    path.write_text(text.replace("[0-9]{11,20}", pattern, 1), encoding="utf-8")
    with pytest.raises(ContractError, match="pattern"):
        load_contract(path)
