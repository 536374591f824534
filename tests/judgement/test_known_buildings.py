"""What the city's rules see of the districts' ledgers: which buildings are known, and no more."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, Row, building, change, folder, inspection, workbook

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import DistrictMonth, judge_district_month
from orchestration.reference.districts import CITY_ID
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Judgement, Verdict

Area = Callable[[str], DistrictMonth]


@pytest.fixture
def area(settings: Settings, ledger: Ledger, readers: ReaderPool) -> Area:
    """Judge one area's October."""
    return lambda name: judge_district_month(settings, ledger, readers.read, OCTOBER, name)


@pytest.fixture
def deliver(settings: Settings) -> Callable[[str, str, list[Row]], None]:
    def write(district_id: str, kind: str, rows: list[Row]) -> None:
        workbook(folder(settings.raw, district_id) / f"{kind}.xlsx", kind, rows)

    return write


def _verdict(judged: DistrictMonth) -> Verdict:
    [verdict] = [v for v in _inspection(judged).verdicts if v.rule_id == "QI-401"]
    return verdict


def _inspection(judged: DistrictMonth) -> Judgement:
    return next(j for j in judged.judgements if j.kind == "quality_inspection")


def test_without_any_districts_ledger_the_rule_says_why_it_was_not_asked(area, deliver) -> None:
    deliver(CITY_ID, "quality_inspection", [inspection(1)])
    verdict = _verdict(area(CITY_ID))
    assert verdict.outcome == "not_applicable"
    assert verdict.reason == "本月没有任何地区的排查台账被采用"


def test_only_districts_with_a_ledger_are_asked_about_and_the_others_named(
    settings: Settings, area, deliver
) -> None:
    unusable = building(2, survey_status="查过了")
    # so many that one quarantined row does not refuse them all
    deliver("gusu", "building_survey", [unusable, *map(building, (1, *range(10, 200)))])
    deliver("gusu", "building_changes", [change(3)])
    area("gusu")
    sampled = [inspection(n) for n in range(1, 5)]
    deliver(CITY_ID, "quality_inspection", [*sampled, inspection(9, "吴江区")])
    judged = area(CITY_ID)
    verdict = _verdict(judged)
    assert (verdict.outcome, verdict.failing_count, verdict.checked_count) == ("fail", 1, 4)
    assert "吴江区" in str(verdict.reason)
    assert "姑苏区" not in str(verdict.reason)
    rows = pq.read_table(settings.home / _inspection(judged).files["findings"].path).to_pylist()
    [finding] = [row for row in rows if row["rule_id"] == "QI-401"]
    assert (finding["record_key"], finding["field"]) == ("CJ00004 初检", "building_id")
    assert finding["cell"].endswith(str(finding["row_number"]))


def test_the_city_is_judged_again_when_other_buildings_are_known_and_only_then(
    area, deliver
) -> None:
    deliver("gusu", "building_survey", [building(1), building(2)])
    deliver(CITY_ID, "quality_inspection", [inspection(1), inspection(2)])
    area("gusu")
    assert _verdict(area(CITY_ID)).outcome == "pass"
    deliver("gusu", "building_survey", [building(1), building(2, floor_area_m2=99.5)])
    assert area("gusu").is_new
    assert not area(CITY_ID).is_new
    deliver("gusu", "building_survey", [building(1)])
    area("gusu")
    judged = area(CITY_ID)
    assert judged.is_new
    assert _verdict(judged).outcome == "fail"


def test_nothing_but_numbers_leaves_a_district(settings: Settings, area, deliver) -> None:
    deliver("gusu", "building_survey", [building(1)])
    judged = next(j for j in area("gusu").judgements if j.kind == "building_survey")
    known = pq.read_table(settings.home / judged.files["known_buildings"].path)
    assert known.to_pylist() == [{"district_id": "gusu", "building_id": "32050800000001"}]
