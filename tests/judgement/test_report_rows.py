"""A report's figures are those of its towns, whatever else stands in it, or it is held back."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from deliver import MEASURES, OCTOBER, folder
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ingest.builders import FLAT_HEADER
from invariant.reports import coincide

from orchestration.ingest.reader.pipeline import read_file
from orchestration.ingest.reading import Reading
from orchestration.judgement.batching import ask_together
from orchestration.judgement.month_decisions import load_month_decisions
from orchestration.judgement.reports.report_problems import row_problems
from orchestration.judgement.reports.report_rows import sort_out
from orchestration.judgement.steps import Draft, draft
from orchestration.judgement.storing import place
from orchestration.reference.contracts import load_contracts
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger
from orchestration.store.records import Arrival, DeliveredFile

FILES = Path(__file__).parents[1] / "cases" / "files"
TOWNS = ("平江街道", "沧浪街道", "金阊街道", "双塔街道", "虎丘街道", "苏锦街道", "吴门桥街道")
HEADERS = FLAT_HEADER[1:]
#: Names that totals were met under; all but the known labels are found by arithmetic alone.
LABELS = (
    "合计", "合 计", "总计", "共计", "合计数", "总数", "汇总", "累计", "全区合计", "合计(1+2+3)",
    "合计：", "【合计】", "Total", "SUM", "Grand Total", "全区", "全市", "平均", "其中：重点",
    "区直属", "姑苏区", "姑苏区本级", "", "本月数",
)  # fmt: skip
#: Where a label stands: in the column of the district, of the town, of the numbers, of the note.
COLUMNS = ("district", "town", "serial", "note")
TRUE = (49683, Decimal("7658.27"), 28, 8, 30, 31)
THREE = (
    (20000, Decimal("3000.00"), 10, 3, 10, 11),
    (20000, Decimal("3000.00"), 10, 3, 10, 10),
    (9683, Decimal("1658.27"), 8, 2, 10, 10),
)
Figures = tuple[Any, ...]


@dataclass(frozen=True)
class Line:
    """One row of a report: its names by column, and its figures."""

    names: dict[str, str]
    figures: Figures


def town(name: str, figures: Figures, column: str = "town") -> Line:
    names = {"district": name} if column == "district" else {"district": "姑苏区", "town": name}
    return Line(names, figures)


def total(label: str, figures: Figures, column: str) -> Line:
    names = {} if column == "district" else {"district": "姑苏区"}
    return Line(names | {column: label}, figures)


def added(rows: Sequence[Figures]) -> Figures:
    return tuple(sum(column) for column in zip(*rows, strict=True))


def write(path: Path, lines: Sequence[Line], columns: Sequence[str]) -> Path:
    """Write a report with these columns of names; a csv if the path says so."""
    heads = {"serial": "序号", "district": "地区", "town": "镇街", "note": "说明"}
    before = [column for column in columns if column != "note"]
    after = [column for column in columns if column == "note"]
    rows: list[list[Any]] = [[*(heads[c] for c in before), *HEADERS, *(heads[c] for c in after)]]
    rows += [
        [*(line.names.get(c) for c in before), *line.figures, *(line.names.get(c) for c in after)]
        for line in lines
    ]
    if path.suffix == ".csv":
        dated = [[*rows[0], "截至日期"], *([*row, "2022-10-31"] for row in rows[1:])]
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(dated)
        return path
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姑苏区月报表（截至2022年10月31日）"])
    for row in rows:
        sheet.append([float(cell) if isinstance(cell, Decimal) else cell for cell in row])
    book.save(path)
    return path


def arrived(settings: Settings, path: Path, kind: str) -> tuple[Arrival, Reading, Path]:
    """Read a file as October's delivery of 姑苏区, in this process."""
    sent = Arrival(
        1, OCTOBER, "gusu", kind, 1, path.name, "0", 1, (DeliveredFile(path.name, "0"),), ""
    )
    landing = place(settings.landing, sent, "")
    landing.parent.mkdir(parents=True, exist_ok=True)
    notes = place(settings.landing, sent, ".notes")
    reading = read_file(path, load_contracts()[kind], landing, notes)
    return sent, sort_out(sent, reading, landing), landing


def left(settings: Settings, path: Path) -> tuple[Figures, list[str]]:
    """Return the sums of the rows that are left when totals are out, and what is asked of them."""
    sent, reading, landing = arrived(settings, path, "monthly_report")
    problems = [problem.code for problem in row_problems(sent, reading, landing)]
    return sums_of(landing), problems


def sums_of(path: Path) -> Figures:
    rows = pq.read_table(path).to_pylist()
    return added([tuple(Decimal(row[name]) for name in MEASURES) for row in rows])


def judged(settings: Settings, path: Path, kind: str = "monthly_report") -> Draft:
    """Judge a file as a run and a check do."""
    sent, reading, landing = arrived(settings, path, kind)
    decisions = load_month_decisions(settings, OCTOBER, "gusu").of_kind(kind)
    [own] = ask_together([draft(settings, sent, reading, landing, decisions)])
    kept = own.stored.accepted_count + own.stored.quarantined_count
    assert reading.file_rows == reading.itemised_rows + kept
    return own


def counted(settings: Settings, own: Draft) -> Figures | None:
    """Return the sums of what was accepted; None if the delivery was refused."""
    if own.result.state == "refused":
        return None
    assert own.result.state == "accepted"
    return sums_of(settings.home / own.stored.files["accepted"].path)


def failed(own: Draft) -> set[str]:
    return {v.rule_id for v in own.result.verdicts if v.outcome == "fail"}


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
