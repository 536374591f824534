"""Figures that cannot be believed: which rule says so, with what words, and what mends it."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from decisions import Gusu, correction, verdict_of, waiver
from deliver import building, case, folder, report, report_row, workbook
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from expectations.checks import expectation_specs
from expectations.context import Context
from expectations.rule_files import load_rulebooks
from expectations.rulebook import Rule
from orchestration.ingest.reading import Reading
from orchestration.judgement.frames import delivery_frame
from orchestration.judgement.judged_rules import judge_rules
from orchestration.judgement.plausible.figures import Figures, delivery_figures, taken_from
from orchestration.judgement.plausible.plausibility import believed, figure_findings
from orchestration.judgement.plausible.released import Released
from orchestration.judgement.plausible.slips import slip_text
from orchestration.judgement.reference import rule_context
from orchestration.judgement.waivers import is_waivable
from orchestration.reference.contracts import load_contracts
from orchestration.reference.months import Month

COUNT, AREA = "surveyed_building_count", "surveyed_floor_area_10k_m2"
FLOWS = (
    "suspected_complaint_count",
    "suspected_patrol_count",
    "verified_count",
    "completed_count",
)
OCTOBER = Month.parse("2022-10")
TRUE: dict[str, int | Decimal] = {COUNT: 49683, AREA: Decimal("7658.27")} | dict(
    zip(FLOWS, (28, 8, 30, 31), strict=True)
)
SEPTEMBER = Released(OCTOBER.previous, {name: Decimal(value) for name, value in TRUE.items()})
CASES = Path(__file__).parents[1] / "cases" / "files"
#: The kinds that give each sort of figure.
STOCK_KINDS, FLOW_KINDS = (
    ("monthly_report", "building_survey"),
    (
        "monthly_report",
        "alteration_cases",
    ),
)


def ask(kind: str, figures: Figures, released: Released | None = None) -> dict[str, str]:
    """Return the messages of the rules on figures that fail for 姑苏区, by rule."""
    contract, book = load_contracts()[kind], load_rulebooks()[kind]
    context = rule_context(contract, OCTOBER, "gusu", None)
    known = believed(figures, contract, context, released)
    rules = [rule for rule in book.rules if rule.frame == "figures" and known.knows(rule)]
    frame = delivery_frame(0, 1, known.asked_values(rules))
    told = {}
    for judged in judge_rules(rules, frame, context):
        assert judged.error is None
        for found in figure_findings(judged, known, contract, Reading(kind=kind), (None, None)):
            told[judged.rule.id] = "\n".join(found["message"])
    return told


def of_kind(kind: str, **changes: Any) -> dict[str, int | Decimal]:
    """Return the true figures that a kind gives, changed where told."""
    return {name: TRUE[name] for name in taken_from(kind) if name in TRUE} | changes


def rules_on_figures() -> list[tuple[str, Rule]]:
    return [
        (kind, rule)
        for kind, book in load_rulebooks().items()
        for rule in book.rules
        if rule.frame == "figures"
    ]


@pytest.mark.parametrize("kind", ["monthly_report", "building_survey", "alteration_cases"])
def test_true_figures_are_believed(kind: str) -> None:
    assert ask(kind, of_kind(kind), SEPTEMBER) == {}


@pytest.mark.parametrize("kind", STOCK_KINDS)
@pytest.mark.parametrize(
    ("measure", "slipped", "words"),
    [
        (AREA, "76582700", "76,582,700 万平方米疑为平方米：÷10,000 得 7,658.27"),
        (AREA, "0.765827", "0.765827 万平方米疑为亿平方米：×10,000 得 7,658.27"),
        (AREA, "76582.70", "76,582.7 万平方米疑多写一位：÷10 得 7,658.27"),
        (AREA, "765.827", "765.83 万平方米疑少写一位：×10 得 7,658.27"),
        (COUNT, "496830000", "496,830,000 幢疑为单位错误：÷10,000 得 49,683"),
        (COUNT, "496830", "496,830 幢疑多写一位：÷10 得 49,683"),
        (COUNT, "4968", "4,968 幢疑少写一位：×10 得 49,680"),
    ],
)
def test_a_unit_slip_is_impossible_and_told_with_both_numbers(
    kind: str, measure: str, slipped: str, words: str
) -> None:
    value = Decimal(slipped)
    figures = of_kind(kind) | {measure: int(value) if measure == COUNT else value}
    refusing = "MR-221" if kind == "monthly_report" else "BS-221"
    if kind == "building_survey" and measure == COUNT and value < 5000:
        assert ask(kind, figures) == {}  # so few buildings say nothing of the district's mean
    else:
        assert words in ask(kind, figures)[refusing]


@given(
    count=st.integers(25_000, 89_000),
    mean=st.integers(771, 3082),
    factor=st.sampled_from([10_000, 10]),
    is_area=st.booleans(),
)
@settings(deadline=None, max_examples=40)
def test_a_slip_of_a_believable_pair_is_recognised(
    count: int, mean: int, factor: int, is_area: bool
) -> None:
    context = rule_context(load_contracts()["monthly_report"], OCTOBER, "gusu", None)
    area = (Decimal(count) * mean / 10_000).quantize(Decimal("0.01"))
    assume(area <= context.bands[AREA][1])
    slipped = (
        {COUNT: count, AREA: area * factor} if is_area else {COUNT: count * factor, AREA: area}
    )
    [told] = slip_text(["mean_floor_area_m2"], slipped, context.bands)
    assert f"÷{factor:,} 得 " in told


def test_two_columns_filled_the_wrong_way_round_are_told() -> None:
    told = ask("monthly_report", of_kind("monthly_report") | {COUNT: 7658, AREA: Decimal(49683)})
    assert "对调后均在合理的范围内" in told["MR-221"]


@pytest.mark.parametrize(
    ("count", "area", "rule_id", "words"),
    [
        (0, "7658.27", "MR-221", "已排查面积 7,658.27 万平方米，而已排查幢数为 0"),
        (49683, "0", "MR-221", "平均每幢面积 0 平方米，应在 308 至 7,708 平方米之间"),
        (49, "7658.27", "MR-221", "平均每幢面积 1,562,912.24 平方米"),
    ],
)
def test_a_mean_of_nothing_is_no_silent_pass(
    count: int, area: str, rule_id: str, words: str
) -> None:
    figures = of_kind("monthly_report") | {COUNT: count, AREA: Decimal(area)}
    assert words in ask("monthly_report", figures)[rule_id]


def test_a_district_that_surveyed_nothing_yet_is_asked_about() -> None:
    figures = of_kind("monthly_report") | {COUNT: 0, AREA: Decimal(0)}
    assert set(ask("monthly_report", figures)) == {"MR-222"}


@pytest.mark.parametrize("kind", FLOW_KINDS)
@pytest.mark.parametrize("measure", FLOWS)
def test_flows_have_two_bands(kind: str, measure: str) -> None:
    asking, refusing = {
        "monthly_report": ("MR-223", "MR-221"),
        "alteration_cases": ("AC-222", "AC-221"),
    }[kind]
    assert set(ask(kind, of_kind(kind) | {measure: 2000})) == {asking}
    told = ask(kind, of_kind(kind) | {measure: 280_000})
    assert "÷10,000 得 28" in told[refusing]


@pytest.mark.parametrize("kind", STOCK_KINDS)
def test_many_more_buildings_are_asked_about(kind: str) -> None:
    figures = of_kind(kind) | {COUNT: 110_000, AREA: Decimal("16955.95")}
    [(rule_id, told)] = ask(kind, figures).items()
    assert rule_id in ("MR-222", "BS-222")
    assert "110,000 幢，应在 1 至 89,429 幢之间" in told


@pytest.mark.parametrize("kind", STOCK_KINDS)
@pytest.mark.parametrize("share", ["0.5", "1.5"])
def test_a_leap_against_what_was_released_is_told_with_both_numbers(kind: str, share: str) -> None:
    released = Released(
        OCTOBER.previous, {n: Decimal(v) / Decimal(share) for n, v in SEPTEMBER.figures.items()}
    )
    [(rule_id, told)] = ask(kind, of_kind(kind), released).items()
    assert rule_id in ("MR-521", "BS-521")
    assert "上次发布（2022年9月）的是" in told
    assert f"为其 {share} 倍，应在 0.8 至 1.25 之间" in told


def test_a_stock_out_of_nothing_is_a_leap() -> None:
    nothing = Released(OCTOBER.previous, {COUNT: Decimal(0), AREA: Decimal(0)})
    assert "MR-521" in ask("monthly_report", of_kind("monthly_report"), nothing)


@pytest.mark.parametrize(("kind", "rule"), rules_on_figures(), ids=lambda item: str(item)[:20])
def test_every_rule_on_figures_names_bands_that_the_seed_gives(kind: str, rule: Rule) -> None:
    for district in ("gusu", "nowhere"):
        context = rule_context(load_contracts()[kind], OCTOBER, "gusu", None)
        assert isinstance(context, Context), district
        for spec in expectation_specs(rule, context):
            assert (spec.arguments["min_value"], spec.arguments["max_value"]) != (None, None)


def test_what_is_asked_may_be_waived_and_what_is_impossible_never() -> None:
    rules = dict((rule.id, is_waivable(rule)) for _, rule in rules_on_figures())
    impossible = {rule_id for rule_id in rules if rule_id.endswith("-221")}
    assert impossible == {"MR-221", "BS-221", "AC-221"}
    assert {rule_id for rule_id, may_be in rules.items() if not may_be} == impossible


def test_an_area_in_square_metres_refuses_the_report_at_its_cell(gusu: Gusu) -> None:
    place = folder(gusu.settings.raw, "gusu")
    shutil.copy(CASES / "unit_slip.xlsx", place / "monthly_report.xlsx")
    judged = gusu.judge()["monthly_report"]
    assert judged.state == "refused"
    [found] = [f for f in gusu.stored(judged, "findings") if f["rule_id"] == "MR-221"]
    assert (found["cell"], found["record_key"]) == ("C5", "本地区")
    assert "76,582,700 万平方米疑为平方米：÷10,000 得 7,658.27" in found["message"]


def test_a_correction_mends_what_cannot_be(gusu: Gusu) -> None:
    place = folder(gusu.settings.raw, "gusu")
    shutil.copy(CASES / "unit_slip.xlsx", place / "monthly_report.xlsx")
    mended = {"kind": "monthly_report", "record_key": "姑苏区", "field": AREA}
    for old, state in (("1", "refused"), ("76582700", "accepted")):
        changed = correction(**mended, old_value=old, new_value="7658.27")
        gusu.decide(corrections=(changed,))
        assert gusu.judge()["monthly_report"].state == state
    assert gusu.outcomes(gusu.judge(), "corrections") == [("applied", None)]


def test_a_waiver_names_the_district_and_lets_the_figure_pass(gusu: Gusu) -> None:
    report(gusu.settings.raw, "gusu", completed_count=2000)
    assert verdict_of(gusu.judge()["monthly_report"], "MR-223").outcome == "fail"
    named = waiver(kind="monthly_report", rule_id="MR-223", record_key="本地区")
    gusu.decide(waivers=(named,))
    judged = gusu.judge()
    verdict = verdict_of(judged["monthly_report"], "MR-223")
    assert (verdict.outcome, verdict.reason) == ("pass", "1 行按豁免放行")
    assert gusu.found(judged["monthly_report"], "MR-223") == []
    assert gusu.outcomes(judged, "waivers") == [("applied", 1)]


def test_a_town_with_area_and_no_building_is_asked_about(gusu: Gusu) -> None:
    towns = [
        report_row("gusu", town="平江街道"),
        report_row("gusu", town="沧浪街道", surveyed_building_count=0),
    ]
    path = folder(gusu.settings.raw, "gusu") / "monthly_report.xlsx"
    workbook(path, "monthly_report", towns)
    judged = gusu.judge()["monthly_report"]
    [found] = [f for f in gusu.stored(judged, "findings") if f["rule_id"] == "MR-203"]
    assert "已排查幢数为 0" in found["message"]


def test_rows_that_are_held_back_give_no_figure(gusu: Gusu) -> None:
    contract = load_contracts()["monthly_report"]
    import numpy as np
    import pandas as pd

    rows = pd.DataFrame({name: pd.Series(["5"], dtype="str") for name in contract.fields})
    month = date(2022, 10, 1)
    assert delivery_figures(rows, np.array([False]), contract, month) == {}
    assert delivery_figures(rows[:0], np.array([], dtype=bool), contract, month) == {}
    counted = delivery_figures(rows, np.array([True]), contract, month)
    assert set(counted) == set(TRUE)


def test_ledgers_of_few_rows_are_no_fault(gusu: Gusu) -> None:
    place = folder(gusu.settings.raw, "gusu")
    workbook(place / "building_survey.xlsx", "building_survey", [building(n) for n in range(1, 30)])
    workbook(place / "alteration_cases.xlsx", "alteration_cases", [case(1)])
    judged = gusu.judge()
    for kind, rule_id in (("building_survey", "BS-222"), ("alteration_cases", "AC-222")):
        assert verdict_of(judged[kind], rule_id).outcome == "pass"
