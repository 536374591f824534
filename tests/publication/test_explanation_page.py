"""explain.html: every figure of the bulletin leads to what it rests on, and says what it lacks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from publication.html_page import Page
from publication.october import RELEASED_AT, correction, waiver

from orchestration.publication.bulletin.model import Bulletin
from orchestration.publication.explain.figure_sources import Place, Sources
from orchestration.publication.explain.page import render_explanations
from orchestration.publication.issue.html import render_page
from orchestration.reference.measures import rows_give

MakeBulletin = Callable[..., Bulletin]
SCRIPT = "<script>alert(1)</script>"
NO_ROWS = Sources({}, {})


def place(numbers: tuple[int, ...], **values: object) -> Place:
    told: dict[str, object] = {
        "file": "台账.xlsx",
        "sheet": "违法拆改",
        "row_count": len(numbers),
        "first_row": numbers[0],
        "last_row": numbers[-1],
        "row_numbers": numbers,
        "total": len(numbers),
    }
    return Place(**(told | values))  # type: ignore[arg-type]


def cards(html: str) -> dict[str, str]:
    """Return the text of each card by its anchor."""
    parts = html.split('<article class="card" id="')[1:]
    return {part.split('"', 1)[0]: Page(f'<p id="{part}').text for part in parts}


def test_every_link_of_the_bulletin_has_its_card(bulletin: Bulletin) -> None:
    links = {
        str(attributes["href"]).removeprefix("explain.html#")
        for attributes in Page(render_page(bulletin, RELEASED_AT)).named("a")
        if "#" in str(attributes["href"]) and str(attributes["href"]).startswith("explain")
    }
    explained = cards(render_explanations(bulletin, NO_ROWS, RELEASED_AT))
    assert len(links) == 11 * 6 + 2  # the table, the total area in ㎡, both channels together
    assert links <= explained.keys()


def test_a_total_leads_to_its_districts_and_they_add_up(bulletin: Bulletin) -> None:
    html = render_explanations(bulletin, NO_ROWS, RELEASED_AT)
    city = cards(html)["city-completed_count"]
    assert "姑苏区 31" in city
    assert "✓ 各地区相加与数值相符" in city
    targets = {a["href"] for a in Page(html).named("a")}
    assert "#gusu-completed_count" in targets


def test_rows_are_named_and_what_does_not_add_up_is_said(make_bulletin: MakeBulletin) -> None:
    bulletin = make_bulletin(ledger=["gusu"])
    counted = place((4, 5, 6, 9, *range(11, 38)))
    left_out = place((40,), rule_ids="AC-201", total=0)
    sources = Sources(
        {("gusu", "completed_count"): (counted,), ("gusu", "verified_count"): (counted,)},
        {("gusu", "alteration_cases"): (left_out,)},
    )
    explained = cards(render_explanations(bulletin, sources, RELEASED_AT))
    told = explained["gusu-completed_count"]
    # the fixture's ledger was not delivered as a file, only counted
    assert "依据：台账" in told
    assert "✓ 各行相加与数值相符" in told
    assert "相加与数值不符" in explained["gusu-verified_count"]
    assert "台账" not in explained["sip-completed_count"].split("定义")[0]
    assert counted.rows_text == "第4–6、9、11–37行"
    assert place((1, 2), row_count=90, last_row=90).rows_text == "第1–90行，连续"
    assert place((1, 2), row_count=80, last_row=90).rows_text == "第1至90行之间"


def test_a_missing_figure_has_no_rows_and_is_not_zero(make_bulletin: MakeBulletin) -> None:
    explained = cards(render_explanations(make_bulletin(absent=["gusu"]), NO_ROWS, RELEASED_AT))
    assert "没有可用的报送，此数缺，不是零" in explained["gusu-completed_count"]
    assert "没有保存可核对的行" in explained["sip-completed_count"]


def test_decisions_and_names_are_only_text(make_bulletin: MakeBulletin) -> None:
    report = {"kind": "monthly_report"}
    bulletin = make_bulletin(
        file_name=SCRIPT,
        corrections=[correction(reason=SCRIPT, **report)],
        waivers=[waiver(reason=SCRIPT, **report)],
    )
    counted = {("gusu", "completed_count"): (place((4,), sheet=SCRIPT, total=Decimal(31)),)}
    html = render_explanations(bulletin, Sources(counted, {}), RELEASED_AT)
    assert "<script" not in html
    assert cards(html)["gusu-completed_count"].count(SCRIPT) == 4


def test_rows_that_end_in_half_a_place_are_rounded_up_as_the_models_do() -> None:
    """Rounding to even would call a correct figure wrong."""
    area = "surveyed_floor_area_10k_m2"
    assert rows_give(area, Decimal("7658.13"), Decimal("7658.125"))
    assert not rows_give(area, Decimal("7658.12"), Decimal("7658.125"))
    assert rows_give("completed_count", 31, Decimal("30.5"))
