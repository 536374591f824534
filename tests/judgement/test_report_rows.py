"""A report's figures are those of its towns, whatever else stands in it, or it is held back."""

from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, folder
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from invariant.reports import coincide
from judgement.report_files import (
    LABELS,
    THREE,
    TOWNS,
    TRUE,
    Figures,
    Line,
    added,
    counted,
    failed,
    judged,
    left,
    total,
    town,
    write,
)

from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

FILES = Path(__file__).parents[1] / "cases" / "files"
#: Where a label stands: in the column of the district, of the town, of the numbers, of the note.
COLUMNS = ("district", "town", "serial", "note")


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("where", [0, 3])
def test_a_total_is_never_counted(
    settings: Settings, tmp_path: Path, label: str, column: str, where: int
) -> None:
    lines = [town(name, figures) for name, figures in zip(TOWNS, THREE, strict=False)]
    lines.insert(where, total(label, TRUE, column))
    columns = [*(["serial"] if column == "serial" else []), "district", "town", "note"]
    kept, problems = left(settings, write(tmp_path / "report.xlsx", lines, columns))
    assert (kept, problems) == (TRUE, [])


@pytest.mark.parametrize(
    "name", ["b57c", "b59", "b60", "d01b", "d01c", "d01g", "d02", "f08", "b69"]
)
def test_what_doubled_a_district_gives_its_figures_once(settings: Settings, name: str) -> None:
    assert counted(settings, judged(settings, FILES / f"{name}.xlsx")) == TRUE


def test_a_run_records_a_total_as_what_it_is(settings: Settings, ledger: Ledger, judge) -> None:
    shutil.copy(FILES / "b59.xlsx", folder(settings.raw, "gusu") / "monthly_report.xlsx")
    report = judge()["monthly_report"]
    assert (report.state, report.accepted_count) == ("accepted", 3)
    [roles] = ledger.itemised_by_role(OCTOBER).values()
    assert (roles["total"], sum(roles.values())) == (1, report.itemised_count)


@pytest.mark.parametrize(("name", "count"), [("m16", 30), ("w09", 12)])
def test_what_ends_a_ledger_is_no_building(settings: Settings, name: str, count: int) -> None:
    own = judged(settings, FILES / f"{name}.xlsx", "building_survey")
    assert (own.result.state, own.stored.accepted_count) == ("accepted", count)


def test_towns_in_the_column_of_the_district_are_towns(settings: Settings, tmp_path: Path) -> None:
    lines = [town(n, f, "district") for n, f in zip(TOWNS, THREE, strict=False)]
    for end in ([], [total("合计", TRUE, "district")], [total("姑苏区", TRUE, "district")]):
        own = judged(settings, write(tmp_path / "report.xlsx", [*lines, *end], ["district"]))
        assert counted(settings, own) == TRUE
    keys = pq.read_table(settings.home / own.stored.files["accepted"].path)
    assert keys["district"].to_pylist() == ["姑苏区"] * 3
    assert keys["town"].to_pylist() == list(TOWNS[:3])


def test_a_listed_town_that_is_a_sum_refuses_with_both_readings(
    settings: Settings, tmp_path: Path
) -> None:
    lines = [town(n, f) for n, f in zip(TOWNS, (*THREE, TRUE), strict=False)]
    own = judged(settings, write(tmp_path / "report.xlsx", lines, ["district", "town"]))
    assert failed(own) == {"MR-132"}
    [message] = own.result.findings["message"]
    assert "99366" in message
    assert "49683" in message
    assert list(own.result.findings["cell"]) == ["B6"]
    # both remedies mend it without doubling anything
    renamed = [*lines[:3], total("合计", TRUE, "town")]
    own = judged(settings, write(tmp_path / "report.xlsx", renamed, ["district", "town"]))
    assert counted(settings, own) == TRUE
    confirmed = [*lines, total("合计", added([*THREE, TRUE]), "town")]
    own = judged(settings, write(tmp_path / "report.xlsx", confirmed, ["district", "town"]))
    assert counted(settings, own) == added([*THREE, TRUE])


def test_two_listed_towns_with_the_same_figures_are_asked_about(
    settings: Settings, tmp_path: Path
) -> None:
    lines = [town(name, TRUE) for name in TOWNS[:2]]
    own = judged(settings, write(tmp_path / "report.xlsx", lines, ["district", "town"]))
    assert failed(own) == {"MR-132"}


@pytest.mark.parametrize("name", ["", "区直属", "其中：平江", "平均", "震泽镇", "平江小区"])
def test_a_row_that_is_no_town_and_no_sum_is_held_back(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    lines = [town(n, f) for n, f in zip(TOWNS, THREE, strict=False)]
    lines.insert(1, town(name, (77, Decimal("8.50"), 1, 1, 1, 1)))
    own = judged(settings, write(tmp_path / "report.xlsx", lines, ["district", "town"]))
    assert failed(own) == {"MR-131"}
    [finding] = own.result.findings.to_dict("records")
    assert finding["cell"] == "B4"
    assert "删除该行" in finding["remedy"]
    mended = judged(
        settings, write(tmp_path / "a.xlsx", [lines[0], *lines[2:]], ["district", "town"])
    )
    assert counted(settings, mended) == TRUE


def test_another_districts_rows_stay_held_back(settings: Settings, tmp_path: Path) -> None:
    lines = [town(n, f) for n, f in zip(TOWNS, THREE, strict=False)]
    for names in ({"district": "吴江区"}, {"district": "吴江区", "town": "震泽镇"}):
        path = write(tmp_path / "report.xlsx", [*lines, Line(names, TRUE)], ["district", "town"])
        own = judged(settings, path)
        assert own.result.state == "refused"
        assert "MR-104" in failed(own)


def test_a_wrong_total_is_told_with_its_numbers(settings: Settings, tmp_path: Path) -> None:
    lines = [town(n, f) for n, f in zip(TOWNS, THREE, strict=False)]
    wrong = (49684, *TRUE[1:])
    path = write(tmp_path / "a.xlsx", [*lines, total("合计", wrong, "town")], ["district", "town"])
    own = judged(settings, path)
    assert failed(own) == {"MR-202"}
    assert "合计 49684，3 行之和 49683，相差 1" in own.result.findings["message"][0]


def test_totals_of_parts_alone_do_not_stand_for_a_total(settings: Settings, tmp_path: Path) -> None:
    lines = [town(n, f) for n, f in zip(TOWNS, (*THREE, *THREE), strict=False)]
    part = total("合计", added(THREE[:2]), "town")
    path = write(
        tmp_path / "a.xlsx",
        [*lines[:2], part, *lines[2:4], total("合计", added([THREE[2], THREE[0]]), "town")],
        ["district", "town"],
    )
    assert failed(judged(settings, path)) == {"MR-202"}


def test_a_total_inside_a_part_is_found_beside_the_parts_own(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [town(n, f) for n, f in zip(TOWNS, (*THREE, TRUE, TRUE), strict=False)]
    true = added([line.figures for line in rows])
    part = total("南片", TRUE, "district")
    lines = [part, *rows[:2], total("全区", true, "district"), *rows[2:]]
    path = write(tmp_path / "a.xlsx", lines, ["district", "town"])
    assert left(settings, path) == (true, [])


@pytest.mark.parametrize("broken", [None, "约三十", -3])
def test_a_total_beside_an_unreadable_row_is_never_a_town(
    settings: Settings, tmp_path: Path, broken: object
) -> None:
    rows = [list(figures) for figures in THREE]
    rows[1][4] = broken
    lines = [town(n, tuple(f)) for n, f in zip(TOWNS, rows, strict=False)]
    path = write(tmp_path / "a.xlsx", [*lines, total("全区", TRUE, "town")], ["district", "town"])
    own = judged(settings, path)
    assert counted(settings, own) is None
    assert "空白或不能读取" in str(own.result.findings["message"].tolist())


def test_rows_none_of_which_is_listed_need_a_total(settings: Settings, tmp_path: Path) -> None:
    lines = [town(f"第{n}片区", f) for n, f in enumerate(THREE)]
    own = judged(settings, write(tmp_path / "a.xlsx", lines, ["district", "town"]))
    assert failed(own) == {"MR-131"}
    lines.append(total("合计", TRUE, "town"))
    own = judged(settings, write(tmp_path / "a.xlsx", lines, ["district", "town"]))
    assert (counted(settings, own), failed(own)) == (TRUE, {"MR-133"})


def test_a_single_row_is_the_districts(settings: Settings, tmp_path: Path) -> None:
    for name in ("", "姑苏区"):
        path = write(tmp_path / "a.xlsx", [town(name, TRUE)], ["district", "town"])
        own = judged(settings, path)
        assert (counted(settings, own), failed(own)) == (TRUE, set())


def test_a_single_row_called_a_total_is_the_districts(settings: Settings, tmp_path: Path) -> None:
    lines = [total("合计", TRUE, "town")]
    own = judged(settings, write(tmp_path / "a.xlsx", lines, ["district", "town"]))
    assert (counted(settings, own), failed(own)) == (TRUE, {"MR-133"})


def test_a_report_of_very_many_rows_is_refused(settings: Settings, tmp_path: Path) -> None:
    lines = [town(f"{n}号街道", (0, Decimal(0), 0, 0, 0, 0)) for n in range(501)]
    own = judged(settings, write(tmp_path / "a.csv", lines, ["district", "town"]))
    assert failed(own) >= {"MR-134"}


#: A town's figures that nobody doubts: a mean area in the district's band.
_FIGURES = st.builds(
    lambda count, mean, flows: (count, Decimal(count * mean) / 10_000, *flows),
    st.integers(1, 400).map(lambda hundreds: hundreds * 100),
    st.integers(800, 3_000),
    st.tuples(*(st.integers(0, 60) for _ in range(4))),
)


@st.composite
def reports(draw: st.DrawFn) -> tuple[list[Line], Figures, tuple[str, ...], str]:
    """Return a report's rows, the figures put in, its columns of names, its file's ending."""
    count = draw(st.integers(1, len(TOWNS)))
    rows = [draw(_FIGURES) for _ in range(count)]
    assume(not coincide(rows))
    column = draw(st.sampled_from(["town", "district"]))
    names = st.sampled_from(LABELS)
    groups, at = [], 0
    while at < count:
        size = draw(st.integers(2, 3)) if draw(st.booleans()) else count - at
        groups.append(range(at, min(at + size, count)))
        at += size
    has_parts = len(groups) > 1 and all(len(group) > 1 for group in groups) and draw(st.booleans())
    is_above = draw(st.booleans())
    label_column = draw(st.sampled_from(["district", "town"] if column == "town" else ["district"]))
    lines = []
    for group in groups:
        part = [town(TOWNS[n], rows[n], column) for n in group]
        if has_parts:
            own = total(
                draw(st.sampled_from(["小计", "北片小计", "南片"])),
                added([rows[n] for n in group]),
                label_column,
            )
            part.insert(0 if is_above else len(part), own)
        lines += part
    where = draw(st.sampled_from(["none", "top", "middle", "end"]))
    if where != "none" and count > 1:
        place = {"top": 0, "middle": len(lines) // 2, "end": len(lines)}[where]
        lines.insert(place, total(draw(names), added(rows), label_column))
    columns = ["district"] if column == "district" else ["district", "town"]
    if draw(st.booleans()):
        columns.insert(0, "serial")
        lines = [Line(r.names | {"serial": str(n)}, r.figures) for n, r in enumerate(lines, 1)]
    return lines, added(rows), tuple(columns), draw(st.sampled_from(["xlsx", "csv"]))


@given(reports())
@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_reports_figures_are_its_towns_or_none(
    case: tuple[list[Line], Figures, tuple[str, ...], str],
) -> None:
    lines, true, columns, ending = case
    with tempfile.TemporaryDirectory() as folder:
        home = Settings(raw=Path(folder) / "raw", home=Path(folder) / "home").prepare()
        own = judged(home, write(Path(folder) / f"report.{ending}", lines, columns))
        assert counted(home, own) == true, failed(own)
