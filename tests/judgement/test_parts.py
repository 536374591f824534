"""A delivery in parts: judged as the one file it would be, or refused with what is amiss."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from decisions import Gusu, correction
from deliver import OCTOBER, Row, building, case, danger, delimited, folder, report_row, workbook

from orchestration.ingest.deliveries import receive, received_before
from orchestration.ingest.reader.sheet import column_letters
from orchestration.judgement.district import DELIVERY
from orchestration.judgement.redelivery_diff import compare
from orchestration.reference.contracts import load_contracts
from orchestration.reference.places import official_communities
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement

TOWNS = ("平江街道", "沧浪街道", "金阊街道")
THIRD = "排查台账_第3部分共3.csv"
Judge = Callable[[], dict[str, Judgement]]
_WHERE = ("file_name", "delivery_id", "sheet", "row_number", "as_at", "cell")


def _rows(count: int = 300) -> list[Row]:
    """Return buildings of three towns, a few of them wrong."""
    communities = {p.town: p.community for p in official_communities(OCTOBER, "gusu")}
    rows = [
        building(n, town=town, community=communities[town])
        for n, town in ((n, TOWNS[(n - 1) * len(TOWNS) // count]) for n in range(1, count + 1))
    ]
    rows[40] |= {"floor_area_m2": None}
    rows[150] |= {"floors_above": 1, "height_m": 30}
    rows[290] |= {"use": "住人"}
    rows[291] |= {"community": "没有这个社区"}
    return rows


def _of(rows: Sequence[Row], *towns: str) -> list[Row]:
    return [row for row in rows if row["town"] in towns]


def _deliver(settings: Settings, rows: Sequence[Row], *, last: str = "第3部分共3") -> list[Path]:
    """Deliver the towns as a workbook, a csv, and a csv with another order of columns."""
    place = folder(settings.raw, "gusu")
    paths = [
        place / f"排查台账_{part}" for part in ("第1部分共3.xlsx", "第2部分共3.csv", f"{last}.csv")
    ]
    workbook(paths[0], "building_survey", _of(rows, TOWNS[0]))
    delimited(paths[1], "building_survey", _of(rows, TOWNS[1]))
    delimited(paths[2], "building_survey", _of(rows, TOWNS[2]))
    lines = [line.split(",") for line in paths[2].read_text(encoding="utf-8").splitlines()]
    paths[2].write_text("\n".join(",".join(line[::-1]) for line in lines), encoding="utf-8")
    return paths


def _stored(settings: Settings, judgement: Judgement, name: str) -> list[dict[str, Any]]:
    return pq.read_table(settings.home / judgement.files[name].path).to_pylist()


def _wherever(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return rows but for where they were delivered, in an order of their own."""
    return sorted(str({k: v for k, v in row.items() if k not in _WHERE}) for row in rows)


def _refusals(settings: Settings, judgement: Judgement) -> list[str]:
    assert judgement.state == "refused"
    found = _stored(settings, judgement, "findings")
    assert {row["rule_id"] for row in found if row["severity"] == "refuse"} == {"ST-002"}
    return [row["message"] for row in found if row["rule_id"] == "ST-002"]


def test_parts_are_judged_as_the_one_file_they_make(settings: Settings, judge: Judge) -> None:
    rows = _rows()
    whole = folder(settings.raw, "gusu") / "building_survey.csv"
    delimited(whole, "building_survey", rows)
    expected = judge()["building_survey"]
    whole.unlink()
    _deliver(settings, rows)
    parts = judge()["building_survey"]
    assert parts.state == expected.state == "accepted_with_quarantine"
    assert parts.verdicts == expected.verdicts
    assert (parts.accepted_count, parts.quarantined_count) == (299, 1)
    assert parts.as_at == expected.as_at == "2022-10-31"
    for name in ("accepted", "quarantine", "findings", "known_buildings"):
        made = _stored(settings, parts, name)
        assert _wherever(made) == _wherever(_stored(settings, expected, name)), name
    schema = pq.read_schema(settings.home / parts.files["accepted"].path)
    assert schema == pq.read_schema(settings.home / expected.files["accepted"].path)


def test_rows_and_findings_name_file_sheet_row_and_cell(settings: Settings, judge: Judge) -> None:
    _deliver(settings, _rows())
    judged = judge()["building_survey"]
    [row] = _stored(settings, judged, "quarantine")
    assert (row["file_name"], row["sheet"]) == ("排查台账_第1部分共3.xlsx", "既有建筑排查台账")
    assert row["row_number"] == 43
    accepted = _stored(settings, judged, "accepted")
    last = max(accepted, key=lambda row: row["building_id"])
    assert (last["file_name"], last["row_number"]) == (THIRD, 101)
    found = {row["rule_id"]: row for row in _stored(settings, judged, "findings")}
    contract = load_contracts()["building_survey"]
    fields = [c.name for c in contract.columns if not c.optional or c.name == "as_at"]
    letters = {name: column_letters(n) for n, name in enumerate(reversed(fields))}
    use = found["BS-113"]
    assert (use["file_name"], use["row_number"]) == (THIRD, 92)
    assert use["cell"] == f"{letters['use']}92"
    # a rule across deliveries, asked in SQL
    place = next(row for row in found.values() if row["field"] == "community")
    assert (place["file_name"], place["cell"]) == (THIRD, f"{letters['community']}93")


def test_the_hash_is_that_of_the_parts_and_a_replaced_part_is_a_new_version(
    settings: Settings, ledger: Ledger, judge: Judge
) -> None:
    rows = _rows()
    paths = _deliver(settings, rows)
    judge()
    first = ledger.current_arrival(OCTOBER, "gusu", "building_survey")
    assert first is not None
    assert [(part.part, part.of) for part in first.parts] == [(1, 3), (2, 3), (3, 3)]
    assert received_before(settings, ledger, OCTOBER, "gusu") is not None
    changed = [row | {"floors_above": 3, "height_m": 9.5} for row in _of(rows, TOWNS[1])]
    delimited(paths[1], "building_survey", changed)
    assert received_before(settings, ledger, OCTOBER, "gusu") is None
    judged = judge()["building_survey"]
    second = ledger.current_arrival(OCTOBER, "gusu", "building_survey")
    assert second is not None
    assert (first.version, second.version) == (1, 2)
    hashes = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    assert second.sha256 == hashlib.sha256("\n".join(hashes).encode()).hexdigest()
    assert judged.accepted_count == 299
    versions = ledger.versions(OCTOBER, "gusu", "building_survey")
    difference = compare(settings, load_contracts()["building_survey"], *versions)
    assert (difference.changed_count, difference.added_count, difference.kept_count) == (100, 0, 1)


def test_a_removed_part_changes_nothing_and_a_renamed_file_does(
    settings: Settings, ledger: Ledger, judge: Judge
) -> None:
    paths = _deliver(settings, _rows(), last="第3部分共4")
    refused = judge()["building_survey"]
    assert "不一致" in _refusals(settings, refused)[0]
    paths[2].rename(paths[2].with_name(THIRD))
    accepted = judge()["building_survey"]
    assert accepted.state == "accepted_with_quarantine"
    paths[0].unlink()
    assert judge()["building_survey"] == accepted
    assert received_before(settings, ledger, OCTOBER, "gusu") is not None


BADLY_NAMED = {
    "one is missing": (("第1部分共3", "第3部分共3"), "分 3 个部分报送，缺第 2 部分，只收到 2 个"),
    "one alone": (("第2部分共2",), "既有建筑排查台账分 2 个部分报送，缺第 1 部分，只收到 1 个"),
    "one is there twice": (("第1部分共2", "第2部分共2", "第2部分共2改"), "第 2 部分有 2 个文件"),
    "another number of parts": (("第1部分共2", "第2部分共3"), "总部分数不一致"),
    "one that is no part": (("第1部分共2", "第2部分共2", "全部"), "没有写明是第几部分"),
    "a part that cannot be": (("第1部分共2", "第3部分共2"), "第 3 部分，而总共只有 2 个部分"),
    "too many": (("第1部分共101",), "最多可分 100 个"),
    "no names at all": (("甲", "乙"), "同时报送了 2 个既有建筑排查台账文件"),
}


@pytest.mark.parametrize("name", BADLY_NAMED)
def test_files_that_are_not_all_parts_are_refused_in_words(
    settings: Settings, judge: Judge, name: str
) -> None:
    names, expected = BADLY_NAMED[name]
    for number, part in enumerate(names):
        path = folder(settings.raw, "gusu") / f"排查台账_{part}.csv"
        delimited(path, "building_survey", [building(number)])
    messages = _refusals(settings, judge()["building_survey"])
    assert any(expected in message for message in messages), messages
    assert all("排查台账" in message for message in messages)


def test_keys_and_towns_in_two_parts_are_refused_with_their_places(
    settings: Settings, judge: Judge
) -> None:
    place = folder(settings.raw, "gusu")
    first = [building(n) for n in (1, 2, 3)]
    second = [building(n, town="沧浪街道") for n in (3, 4)] + [building(5, town="平江")]
    delimited(place / "排查台账_第1部分共2.csv", "building_survey", first)
    delimited(place / "排查台账_第2部分共2.csv", "building_survey", second)
    judged = judge()["building_survey"]
    assert judged.quarantined_count == 6
    keys, towns = _refusals(settings, judged)
    a, b = "“排查台账_第1部分共2.csv”", "“排查台账_第2部分共2.csv”"
    assert keys == f"“房屋编号”在几个部分里重复：32050800000003（{a}第 4 行、{b}第 2 行）"
    assert towns == f"“镇街”在几个部分里重复：平江街道（{a} 3 行、{b} 1 行）"


def test_parts_of_different_days_are_refused(settings: Settings, judge: Judge) -> None:
    place = folder(settings.raw, "gusu")
    for part, town, day in ((1, TOWNS[0], 30), (2, TOWNS[1], 31)):
        workbook(
            place / f"排查台账_第{part}部分共2.xlsx",
            "building_survey",
            [building(part, town=town)],
            title=f"截至2022年10月{day}日",
        )
    [message] = _refusals(settings, judge()["building_survey"])
    assert "“排查台账_第1部分共2.xlsx”截至 2022-10-30" in message
    assert "“排查台账_第2部分共2.xlsx”截至 2022-10-31" in message


def test_an_unreadable_part_refuses_the_whole_and_is_named(
    settings: Settings, judge: Judge
) -> None:
    paths = _deliver(settings, _rows())
    paths[1].write_bytes(b"\x00\x01")
    judged = judge()["building_survey"]
    assert (judged.state, judged.row_count) == ("refused", 0)
    [finding] = [r for r in _stored(settings, judged, "findings") if r["severity"] == "refuse"]
    assert finding["file_name"] == "排查台账_第2部分共3.csv"


@pytest.mark.parametrize(
    ("totals", "fails"),
    [
        ((121.25, 242.5), False),  # each its own part
        ((None, 363.75), False),  # the last one the whole
        ((363.75, 363.75), False),  # each the whole
        ((None, 242.5), False),  # of one part only
        ((None, 300), True),
        ((121.25, 300), True),
    ],
)
def test_a_total_is_that_of_its_part_or_of_the_whole(
    settings: Settings, judge: Judge, totals: tuple[float | None, float], fails: bool
) -> None:
    place = folder(settings.raw, "gusu")
    for part, (town, count, total) in enumerate(zip(TOWNS, (1, 2), totals, strict=False), start=1):
        rows: list[Row] = [building(10 * part + n, town=town, community=None) for n in range(count)]
        if total is not None:
            rows.append({"building_id": "合计", "floor_area_m2": total})
        workbook(place / f"排查台账_第{part}部分共2.xlsx", "building_survey", rows)
    judged = judge()["building_survey"]
    found = [r for r in _stored(settings, judged, "findings") if r["record_key"] == "合计"]
    assert bool(found) == fails
    assert {row["file_name"] for row in found} <= {"排查台账_第2部分共2.xlsx"}


def test_a_report_by_towns_may_come_in_parts(settings: Settings, judge: Judge) -> None:
    place = folder(settings.raw, "gusu")
    figures = {name: 6 for name in report_row("gusu") if name != "district"}
    for part, towns in enumerate((TOWNS[:2], TOWNS[2:]), start=1):
        rows = [{"district": "姑苏区", "town": town} | figures for town in towns]
        total = {name: 6 * len(towns) for name in figures}
        rows.append({"district": "合计"} | total)
        workbook(place / f"月报表_第{part}部分共2.xlsx", "monthly_report", rows)
    judged = judge()["monthly_report"]
    assert judged.accepted_count == 3
    assert not [r for r in _stored(settings, judged, "findings") if r["record_key"] == "合计"]


@pytest.mark.parametrize(("kind", "make"), [("alteration_cases", case), ("danger_cases", danger)])
def test_cases_may_come_in_parts(
    settings: Settings, judge: Judge, kind: str, make: Callable[..., Row]
) -> None:
    title = load_contracts()[kind].title
    for part, town in ((1, TOWNS[0]), (2, TOWNS[1])):
        rows = [make(10 * part + n, town=town) for n in range(3)]
        path = folder(settings.raw, "gusu") / f"{title}第{part}部分，共2部分.csv"
        delimited(path, kind, rows)
    assert judge()[kind].accepted_count == 6


def test_a_correction_of_a_row_in_a_part_says_where_it_is(gusu: Gusu) -> None:
    rows = _rows()
    rows[40] |= {"floor_area_m2": 90}
    rows[200] |= {"floor_area_m2": None}
    paths = _deliver(gusu.settings, rows)
    gusu.decide(corrections=(correction(record_key="32050800000201"),))
    judged = gusu.judge()
    assert judged["building_survey"].quarantined_count == 0
    [outcome] = gusu.stored(judged[DELIVERY], "corrections")
    assert (outcome["status"], outcome["file_name"]) == ("applied", paths[2].name)
    assert outcome["row_number"] == 2
    accepted = gusu.stored(judged["building_survey"], "accepted")
    [row] = [row for row in accepted if row["building_id"] == "32050800000201"]
    assert (row["floor_area_m2"], row["row_number"]) == ("120.25", 2)


def test_what_is_judged_again_is_the_same(settings: Settings, ledger: Ledger, judge: Judge) -> None:
    _deliver(settings, _rows())
    first = judge()["building_survey"]
    landings = sorted((settings.landing / "2022-10" / "gusu").iterdir())
    assert [".part" in path.name for path in landings] == [False] * len(landings)
    for path in (*landings, *(settings.home / file.path for file in first.files.values())):
        path.unlink()
    assert judge()["building_survey"] == first
    assert receive(settings, ledger, OCTOBER, "gusu").arrivals["building_survey"].version == 1
