"""Figures that nobody has accepted yet: they stop a final release, and every form tells of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import duckdb
import openpyxl
import pytest
from deliver import report
from docx import Document
from publication.october import OCTOBER, RELEASED_AT, build_warehouse, finding, verdict
from publication.releasing import Office, office, whole_office

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.district import judge_district_month
from orchestration.publication.bulletin.doubts import open_doubts
from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.issue.docx import render_document
from orchestration.publication.issue.html import render_page
from orchestration.publication.issue.pdf import _content
from orchestration.publication.issue.xlsx import render_workbook
from orchestration.publication.newsletter.editorial import Editorial
from orchestration.publication.newsletter.issue_text import Newsletter
from orchestration.publication.release.decisions import NotFinalError
from orchestration.settings import Settings

__all__ = ["office", "whole_office"]

MakeBulletin = Callable[..., Bulletin]
AREA = "surveyed_floor_area_10k_m2"
SAID = "“已排查面积(万平方)”：平均每幢面积 4,026 平方米，应在 770 至 3,083 之间"
SENTENCE = f"待核实：姑苏区月报表，{SAID}（MR-203）。"
OPEN: dict[str, Any] = {
    "verdicts": [verdict(rule_id="MR-203")],
    "findings": [finding(rule_id="MR-203", field=AREA, message=SAID)],
}


def test_an_open_doubt_stops_a_final_release_and_says_how_to_accept_it(office: Office) -> None:
    office.run(**OPEN)
    with pytest.raises(NotFinalError) as caught:
        office.release(is_final=True)
    [reason] = caught.value.reasons
    assert reason.startswith(SENTENCE)
    assert "waivers.csv" in reason
    assert "MR-203,monthly_report,gusu,姑苏区,理由,姓名,日期,2022-10,2022-10" in reason
    office.release()
    assert office.completed()[0][:2] == (1, "provisional")


@pytest.mark.parametrize(
    "settled",
    [
        {"verdicts": [verdict(rule_id="MR-203", outcome="pass")]},
        {"verdicts": [verdict(rule_id="MR-501")]},
        OPEN | {"ledger": ["gusu"]},
    ],
    ids=["waived", "no question of plausibility", "not what is printed"],
)
def test_a_release_is_final_once_nothing_printed_is_in_doubt(
    office: Office, settled: dict[str, Any]
) -> None:
    office.run(**settled)
    office.release(is_final=True)
    assert office.completed()[0][:2] == (1, "final")


def test_a_ledger_in_doubt_stops_it_where_the_ledger_is_printed(office: Office) -> None:
    at = {"kind": "building_survey", "rule_id": "BS-222"}
    told = finding(**at, field="survey_status", record_key="本地区", message="幢数过多")
    office.run(verdicts=[verdict(**at)], findings=[told], ledger=["gusu"])
    with pytest.raises(NotFinalError, match="BS-222,building_survey,gusu,本地区"):
        office.release(is_final=True)


def test_every_form_of_the_bulletin_notes_it_under_the_table(
    make_bulletin: MakeBulletin,
) -> None:
    bulletin = make_bulletin(**OPEN)
    assert bulletin.doubt_notes == (SENTENCE,)
    issue = Newsletter(bulletin, Editorial())
    words = [p.text for p in Document(io.BytesIO(render_document(issue, RELEASED_AT))).paragraphs]
    assert any(SENTENCE in text for text in words)
    printed = _content(issue, RELEASED_AT, "any")
    notes = [*printed["notes"], *printed["last_notes"]]  # type: ignore[misc]
    assert any(SENTENCE in note for note in notes)
    assert SENTENCE in render_page(bulletin, RELEASED_AT)
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(bulletin, RELEASED_AT)))
    for sheet in ("公报表", "说明"):
        cells = [str(cell.value) for row in book[sheet].iter_rows() for cell in row]
        assert any(SENTENCE in text for text in cells), sheet


def test_a_bulletin_without_doubts_says_so_in_its_notes(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin()
    assert bulletin.doubt_notes == ()
    assert "待核实：" not in render_page(bulletin, RELEASED_AT)


def test_three_of_many_records_are_listed_and_the_rest_counted(make_bulletin: MakeBulletin) -> None:
    at = {"kind": "building_survey", "rule_id": "BS-503", "field": "floor_area_m2"}
    found = [finding(**at, row_number=n, record_key=f"{n}") for n in range(3, 13)]
    asked = verdict(kind="building_survey", rule_id="BS-503")
    doubts = make_bulletin(verdicts=[asked], findings=found, ledger=["gusu"]).doubts
    assert [(doubt.record_key, doubt.more) for doubt in doubts] == [("3", 0), ("4", 0), ("5", 7)]
    assert "另有 7 处" in doubts[-1].sentence


@pytest.mark.parametrize(("share", "leaps"), [("1.0", 0), ("3.0", 2)])
def test_a_leap_of_the_citys_total_is_reported_with_its_districts(
    settings: Settings, share: str, leaps: int
) -> None:
    leap = {"rule_id": "MR-521"}
    told = finding(**leap, field=AREA, record_key="本地区")
    build_warehouse(settings.warehouse, verdicts=[verdict(**leap)], findings=[told])
    with duckdb.connect(str(settings.warehouse)) as connection:
        [(name,)] = connection.execute("select current_database()").fetchall()
        connection.execute(
            "insert into marts.rpt_district_monthly select * replace (date '2022-09-01' as month,"
            f" surveyed_building_count / {share} as surveyed_building_count,"
            f" surveyed_floor_area_10k_m2 / {share} as surveyed_floor_area_10k_m2,"
            " 1 as vintage, 'final' as status) from marts.rpt_district_monthly"
        )
        doubts = open_doubts(connection, OCTOBER, name, name)
    of_city = [doubt for doubt in doubts if doubt.district_id == "city"]
    assert len(of_city) == leaps
    for doubt in of_city:
        assert "上次发布（2022年9月）的是" in doubt.sentence
        assert "为其 3 倍，应在 0.8 至 1.25 之间" in doubt.sentence
        assert "随引起变化的各地区一并接受" in doubt.reason(OCTOBER)


@pytest.mark.parametrize(("count", "outcome"), [(49_700, "pass"), (99_000, "fail")])
def test_a_month_is_held_against_the_last_release_and_not_against_a_withdrawn_one(
    office: Office, readers: ReaderPool, count: int, outcome: str
) -> None:
    november = OCTOBER.shift(1)
    area = count * 7658.27 / 49683
    changes = {"surveyed_building_count": count, AREA: round(area, 2)}
    report(office.settings.raw, "gusu", november, **changes)

    def told() -> str:
        judged = judge_district_month(
            office.settings, office.ledger, readers.read, november, "gusu"
        )
        [report] = [one for one in judged.judgements if one.kind == "monthly_report"]
        return next(v.outcome for v in report.verdicts if v.rule_id == "MR-521")

    office.run()
    assert told() == "not_applicable"
    office.release()
    assert told() == outcome
    office.decide("withdraw")
    assert told() == "not_applicable"
