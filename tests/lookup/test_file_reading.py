"""A key finds its building, or the reason for having none."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lookup.city import EVERYTHING, OCTOBER, building, change, code, match, write_city

from orchestration.lookup.answers import SCHEMES, SOURCES, Building, Refusal, Scheme, Source
from orchestration.lookup.file_reading import LookupFile, LookupFiles, NotPublishedError
from orchestration.lookup.file_tables import NothingToLookUpError
from orchestration.lookup.file_writing import write_lookup
from orchestration.lookup.sources import Sources

NOVEMBER = OCTOBER.shift(1)


def found(file: LookupFile, key: str, scheme: str | None = None) -> dict[str, Any]:
    answer = file.find(key, scheme)
    assert isinstance(answer, dict), answer
    return answer


def refused(file: LookupFile, key: str, scheme: str | None = None) -> Refusal:
    answer = file.find(key, scheme)
    assert isinstance(answer, Refusal), answer
    return answer


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> LookupFile:
    return LookupFile(write_city(tmp_path_factory.mktemp("city"), **EVERYTHING))


@pytest.mark.parametrize("key", ["00001", "F1", "F2", "F7", "M1"])
def test_every_key_of_a_building_finds_it(everything: LookupFile, key: str) -> None:
    answer = found(everything, key)
    assert Building.model_validate(answer).model_dump() == answer
    assert answer["building_id"] == "00001"
    assert [(i["value"], i["source"]) for i in answer["identifiers"]] == [
        ("F1", "building_codes"), ("F2", "matching"), ("F7", "building_codes"),
        ("00001", "building_survey"), ("M1", "matching"),
    ]  # fmt: skip


def test_every_scheme_and_source_has_a_name() -> None:
    assert set(get_args(Scheme)) == set(SCHEMES)
    assert set(get_args(Source)) == set(SOURCES)


def test_basic_and_safety_information_is_typed(everything: LookupFile) -> None:
    answer = found(everything, "00001")
    assert answer["as_at"] == "2022-10-31"
    assert answer["basic"]["floor_area_m2"] == 420.5
    assert answer["basic"]["floors_below_count"] == 1
    assert answer["safety"]["is_altered"] is False
    assert answer["safety"]["is_visibly_defective"] is True
    assert answer["safety"]["hazard_due_on"] is None
    assert [case["stage_name"] for case in answer["safety"]["danger_cases"]] == ["治理中"]
    # what is closed is not open
    assert [case["case_id"] for case in answer["safety"]["alteration_cases"]] == ["A1"]


def test_a_code_without_building_shows_its_registers_columns(everything: LookupFile) -> None:
    answer = found(everything, "F5")
    assert not answer["is_in_ledger"]
    assert answer["basic"]["address"] == "平江路F5号"
    assert answer["district_id"] == "gusu"
    # no building id, so no case could name it: not known, not none
    assert answer["safety"]["danger_cases"] is None


@pytest.mark.parametrize(
    ("key", "status", "reason", "others"),
    [
        ("00000", 404, "unknown_key", []),
        ("M3", 404, "doorplate_unmatched", []),
        ("M4", 404, "doorplate_cancelled", []),
        ("F8", 404, "code_cancelled", []),
        ("00010", 404, "building_demolished", []),
        ("F6", 409, "code_replaced", ["F7"]),
        ("00011", 409, "building_replaced", ["00001"]),
        ("00012", 409, "building_replaced", ["00001", "00002"]),
        ("M2", 409, "several_buildings", ["F3", "F4"]),
        ("00009", 409, "several_buildings", ["00009", "00009"]),
    ],
)
def test_a_key_without_an_answer_has_its_reason(
    everything: LookupFile, key: str, status: int, reason: str, others: list[str]
) -> None:
    refusal = refused(everything, key)
    assert (refusal.status, refusal.reason) == (status, reason)
    assert [candidate["key"] for candidate in refusal.candidates] == others
    assert "{" not in refusal.detail


def test_a_scheme_narrows_a_key_that_two_registers_use(tmp_path: Path) -> None:
    file = LookupFile(
        write_city(
            tmp_path,
            buildings=[building("7"), building("8")],
            codes=[code("9", "8")],
            plates=[{"doorplate_code": "7"}],
            matches=[match("9", "7")],
        )
    )
    assert refused(file, "7").reason == "several_buildings"
    assert found(file, "7", "building_id")["building_id"] == "7"
    assert found(file, "7", "doorplate")["building_id"] == "8"
    assert refused(file, "7", "building_code").reason == "unknown_key"


def test_registers_that_were_not_delivered_are_unknown_not_empty(tmp_path: Path) -> None:
    file = LookupFile(write_city(tmp_path, buildings=[building("1")], reported=["building_survey"]))
    safety = found(file, "1")["safety"]
    assert safety["danger_cases"] is safety["alteration_cases"] is None


def test_codes_that_replace_each_other_in_a_circle_are_handled(tmp_path: Path) -> None:
    gone = {"valid_to": "2022-03-01"}
    file = LookupFile(
        write_city(
            tmp_path,
            buildings=[building("1")],
            codes=[
                code("A", "1", previous_code="B", **gone),
                code("B", "1", previous_code="A", **gone),
                code("C", "1", previous_code="C", **gone),
            ],
        )
    )
    assert [c["key"] for c in refused(file, "A").candidates] == ["B"]
    assert [c["key"] for c in refused(file, "B").candidates] == ["A"]
    assert refused(file, "C").candidates == ()


def test_the_note_of_an_answer_states_its_status(tmp_path: Path) -> None:
    def note(**rows: Any) -> str:
        return LookupFile(write_city(tmp_path, buildings=[building("1")], **rows)).as_of["note"]

    assert note() == "正式数据（第1版）。"
    assert note(status="provisional", vintage=0) == "初步数据（未发布的试算），可能修订。"
    assert note(status="withdrawn", vintage=2) == "第2版已撤回，不得引用。"
    assert note(file_name="台账（模拟）.xlsx").startswith("演示数据，不是真实房屋。")


def test_hostile_keys_find_nothing(everything: LookupFile) -> None:
    for key in ("' or 1=1 --", "%", "_", "F_", "*", "\x00", "0" * 10_000, "F1\n", "f1", "\ud800"):
        try:
            assert refused(everything, key).reason == "unknown_key"
        except UnicodeEncodeError:
            assert key == "\ud800"


def test_the_newest_month_is_the_default(tmp_path: Path) -> None:
    files = LookupFiles(tmp_path / "internal" / "lookup")
    with pytest.raises(NotPublishedError):
        files.file()
    write_city(tmp_path, buildings=[building("1")])
    november = write_city(
        tmp_path, buildings=[building("1", use="工业")], month=NOVEMBER, vintage=0
    )
    files = LookupFiles(tmp_path / "internal" / "lookup")
    assert files.months() == ["2022-11", "2022-10"]
    assert found(files.file(), "1")["basic"]["building_use"] == "工业"
    november.unlink()
    assert found(files.file(), "1")["basic"]["building_use"] == "居住"
    with pytest.raises(NotPublishedError):
        files.file(NOVEMBER)


def test_a_replaced_file_is_reopened_and_old_readers_can_finish(tmp_path: Path) -> None:
    files = LookupFiles(tmp_path / "internal" / "lookup")
    write_city(tmp_path, buildings=[building("1")])
    old = files.file()
    assert files.file() is old
    write_city(tmp_path, buildings=[building("1", use="工业")], vintage=2)
    new = files.file()
    assert found(new, "1")["basic"]["building_use"] == "工业"
    assert new.as_of["vintage"] == 2
    assert found(old, "1")["basic"]["building_use"] == "居住"


def test_a_damaged_file_is_distinguished_from_a_missing_one(tmp_path: Path) -> None:
    path = write_city(tmp_path, buildings=[building("1")])
    path.chmod(0o644)
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        LookupFiles(tmp_path / "internal" / "lookup").file()


def test_building_an_unpublished_month_leaves_the_old_file(tmp_path: Path) -> None:
    path = write_city(tmp_path, buildings=[building("1")])
    before = path.read_bytes()
    nothing = Sources({"building_survey": [], "building_codes": [], "doorplates": []}, None)
    with pytest.raises(NothingToLookUpError):
        write_lookup(path, tmp_path / "made" / "statistics.duckdb", nothing, OCTOBER.shift(3))
    assert path.read_bytes() == before


_SMALL = st.integers(min_value=0, max_value=4)


@st.composite
def registers(draw: st.DrawFn) -> dict[str, Any]:
    """Registers that contradict themselves and each other in every way."""
    number = st.sampled_from(["1", "2", "3", "4", None])
    codes = [
        code(
            f"F{n}",
            draw(number),
            valid_to=draw(st.sampled_from([None, "2022-01-01", "2023-01-01", "soon"])),
            previous_code=draw(st.sampled_from([None, "F0", "F1", "F2", "F9"])),
        )
        for n in range(draw(_SMALL))
    ]
    outcomes = ["matched_exact", "matched_fuzzy", "code_conflict", "pending_review"]
    return {
        "buildings": [building("0")] + [building(str(n)) for n in range(1, draw(_SMALL) + 1)],
        "codes": codes,
        "plates": [
            {
                "doorplate_code": f"M{n}",
                "valid_to": draw(st.sampled_from([None, "2022-01-01"])),
            }
            for n in range(draw(_SMALL))
        ],
        "matches": [
            match(
                own["building_code"],
                f"M{draw(_SMALL)}",
                draw(st.sampled_from(outcomes)),
            )
            for own in codes
        ],
    }


@hypothesis_settings(max_examples=8, deadline=None)
@given(given_city=registers())
def test_every_delivered_key_is_answered_or_refused_for_a_reason(
    tmp_path_factory: pytest.TempPathFactory, given_city: dict[str, Any]
) -> None:
    file = LookupFile(write_city(tmp_path_factory.mktemp("any"), **given_city))
    keys = [row["building_id"] for row in given_city["buildings"]]
    keys += [row["building_code"] for row in given_city["codes"]]
    keys += [row["doorplate_code"] for row in given_city["plates"]]
    for key in keys:
        answer = file.find(key)
        if isinstance(answer, Refusal):
            assert answer.reason != "unknown_key"
            assert key not in [c["key"] for c in answer.candidates]
        else:
            assert key in [identifier["value"] for identifier in answer["identifiers"]]
            Building.model_validate(answer)
    for row in given_city["buildings"]:
        assert found(file, row["building_id"])["is_in_ledger"]


def test_a_building_is_found_by_the_citys_internal_code(tmp_path: Path) -> None:
    file = LookupFile(
        write_city(
            tmp_path,
            buildings=[building("1"), building("2"), building("3")],
            changes=[change("拆除", "8", None), change("拆分", "9", "2"), change("拆分", "9", "3")],
            internal_codes=[
                {"building_id": "1", "value": "SZ1"},
                {"building_id": "2", "value": "SZ2"},
                {"building_id": "3", "value": "SZ3", "valid_from": "2022-11-01"},
                # the code of 7 goes on with its heir
                {"building_id": "7", "value": "SZ4", "valid_to": "2022-10-02"},
                {"building_id": "3", "value": "SZ4", "valid_from": "2022-10-02"},
                {"building_id": "8", "value": "SZ8", "valid_to": "2022-10-12"},
                {"building_id": "9", "value": "SZ9", "valid_to": "2022-10-12"},
            ],
        )
    )
    answer = found(file, "SZ1")
    assert answer["building_id"] == "1"
    assert {"scheme": "internal_code", "value": "SZ1", "source": "issued"} in answer["identifiers"]
    assert found(file, "SZ4", "internal_code")["building_id"] == "3"
    assert refused(file, "SZ1", "building_code").reason == "unknown_key"
    assert refused(file, "SZ8").reason == "building_demolished"
    split = refused(file, "SZ9")
    assert (split.status, split.reason) == (409, "building_replaced")
    assert [(c["key"], c["scheme"]) for c in split.candidates] == [
        ("SZ2", "internal_code"),
        ("SZ4", "internal_code"),
    ]
    # given out after the month's last day
    assert refused(file, "SZ3").reason == "unknown_key"
