"""October's sampling inspection of the simulated city at full size, run by the real command."""

from __future__ import annotations

from collections.abc import Callable

from deliver import OCTOBER
from month_installation import Installation
from publication.html_page import Page

from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.reference.inspection_groups import groups_in
from orchestration.reference.seeds import read_rows
from orchestration.settings import SEEDS_DIR
from orchestration.simulation.buildings import District
from orchestration.simulation.drafts import draft
from orchestration.simulation.figures import scaled
from orchestration.simulation.files.layouts import table_of
from orchestration.simulation.inspection import candidates_of, inspection_rows

Make = Callable[[str], Installation]
PUBLISHED = (
    "截至11月2日，全市已完成抽检核查的既有建筑1368幢、建筑面积306.64万平方米，"
    "按幢数统计总体进度为39.37%。其中初步通过核查的建筑数量为1131幢，整体合格率为82.68%。"
)


def test_the_published_sentence_follows_from_the_inspected_buildings(installation: Make) -> None:
    made = installation("inspection")
    _deliver(made)
    done = made.fangan("month", str(OCTOBER))
    assert done.returncode == 1, done.stdout + done.stderr
    page = Page((made.settings.published / str(OCTOBER) / "bulletin.html").read_text("utf-8"))
    assert PUBLISHED in page.text
    [city] = made.rows("from marts.rpt_inspection_progress where district_code = '320500'")
    assert str(city["as_at"]) == "2022-11-02"
    assert city["is_preliminary"]
    assert [city[name] for name in ("planned_count", "inspected_count", "passed_count")] == [
        3475,
        1368,
        1131,
    ]
    # none was drawn here: nothing is claimed of a sample, and that is not zero
    assert city["sampled_count"] is None
    assert city["replacement_count"] is None
    groups = made.rows("from marts.rpt_inspection_contractor order by inspection_group")
    contractors = {group.contractor for group in groups_in(OCTOBER).values()}
    assert {row["contractor"] for row in groups} == contractors
    assert sum(row["planned_count"] for row in groups) == 3475
    scores = made.rows(
        "from marts.rpt_data_quality_monthly where dimension = 'verification' and score is not null"
    )
    assert len(scores) == 11
    assert all(row["score"] < row["numerator"] / row["denominator"] for row in scores)


def test_every_district_has_one_group_and_every_group_one_contractor() -> None:
    rows = read_rows(SEEDS_DIR / "inspection_groups.csv")
    assert len({row["district_id"] for row in rows}) == len(rows) == 10
    pairs = {(row["inspection_group"], row["contractor"]) for row in rows}
    assert len(pairs) == len({group for group, _ in pairs}) == 4
    assert all("模拟" in contractor for _, contractor in pairs)


def _deliver(made: Installation) -> None:
    candidates = [
        candidate
        for order, (district_id, figures) in enumerate(scaled(1).items())
        for candidate in candidates_of(District(district_id, order, figures, 2022, OCTOBER))
    ]
    contract = load_contracts()["quality_inspection"]
    rows = table_of(inspection_rows(candidates, 2022, 1, OCTOBER), contract)
    draft(CITY_ID, OCTOBER, contract, rows, "2022年11月2日").write(made.settings.raw)
