"""The review queue: exported as a workbook, filled in, imported, and used by the matching."""

from __future__ import annotations

import openpyxl
import pytest
from matching_home import Home
from matching_registers import code, plate

from orchestration.console.review_queue import export, import_answers
from orchestration.matching.review import open_pairs, sampled_pairs
from orchestration.reference.months import Month
from orchestration.returns.match_review import review_contract
from orchestration.store.ledger import Ledger
from orchestration.store.match_decisions import MatchDecisions

MONTH = Month.parse("2022-10")
CITY = "江苏省苏州市姑苏区"
PLATES = [
    plate("P1", f"{CITY}双塔街道十全街8号桂花公寓3幢", town="双塔街道"),
    plate("P2", f"{CITY}金阊街道三香路20号", town="金阊街道"),
    plate("P3", f"{CITY}金阊街道三香路20号", town="金阊街道"),
]
CODES = [
    code("=C1", "双塔街道十全街18号桂花公寓3幢"),
    code("C2", "三香路20号", town="金阊街道"),
    code("C3", "双塔街道十全街8号桂花公寓3幢<script>", town="双塔街道"),
]
SETTLED = {"verdict": "相同", "reviewer": "王复核", "reviewed_on": "2022-11-03"}


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path)
    home.accept(MONTH, "building_codes", CODES)
    home.accept(MONTH, "doorplates", PLATES)
    home.match(MONTH)
    return home


@pytest.fixture
def sheet(home, tmp_path):
    """Give a function that fills in rows of the exported workbook and returns what became of it."""
    path = tmp_path / "复核.xlsx"
    assert export(home.settings, MONTH, None, path)["pair_count"] == 3

    def fill(*answers: tuple[str, str, dict[str, str]], appended=()):
        book = openpyxl.load_workbook(path)
        cells = book.worksheets[0]
        fields = review_contract().fields
        rows = {(row[1].value, row[2].value): row for row in cells.iter_rows(min_row=4)}
        for building_code, doorplate_code, answer in answers:
            for field, value in answer.items():
                rows[building_code, doorplate_code][fields.index(field)].value = value
        for values in appended:
            cells.append([values.get(field) for field in fields])
        book.save(path)
        return import_answers(home.settings, path)

    fill.path = path
    return fill


def test_only_answers_are_unlocked_and_the_workbook_has_its_stamp(sheet):
    book = openpyxl.load_workbook(sheet.path)
    cells = book.worksheets[0]
    assert cells.protection.sheet
    assert [cell.value for cell in cells[3]] == [c.header for c in review_contract().columns]
    locked = {
        field: cell.protection.locked
        for field, cell in zip(review_contract().fields, cells[4], strict=True)
    }
    answers = {"verdict", "reviewer", "reviewed_on", "note"}
    assert {field for field, is_locked in locked.items() if not is_locked} == answers
    assert [rule.formula1 for rule in cells.data_validations.dataValidation] == [
        '"相同,不同,不清楚"'
    ]
    assert book.custom_doc_props["fangan_template"].value == review_contract().stamp
    first = dict(zip(review_contract().fields, (c.value for c in cells[4]), strict=True))
    assert first["building_code"] == "=C1"
    assert (
        first["code_elements"]
        == "乡镇街道 双塔街道｜街路巷 十全街｜门牌号 18｜小区 桂花公寓｜楼幢号 3"
    )
    assert first["plate_address"] == PLATES[0]["standard_address"]
    assert "门牌号差一位" in first["reason"]


def test_imported_answers_decide_matches(home, sheet):
    record = sheet(
        ("=C1", "P1", SETTLED | {"note": "到场看过"}),
        ("C2", "P2", SETTLED | {"verdict": "不同"}),
        ("C2", "P3", SETTLED | {"verdict": "不清楚"}),
    )
    assert (record["recorded_count"], record["findings"]) == (3, [])
    home.match(MONTH)
    rows = {row["building_code"]: row for row in home.rows(MONTH)}
    assert (rows["=C1"]["outcome"], rows["=C1"]["reason"]) == ("matched_fuzzy", "人工复核：相同")
    assert rows["C2"]["outcome"] != "multi_candidate"
    kept = MatchDecisions(home.settings.ledger).latest()["=C1", "P1"]
    assert (kept.decided_by, kept.decided_on, kept.note) == ("王复核", "2022-11-03", "到场看过")
    assert Ledger(home.settings.ledger).verify_audit({}).faults == ()
    assert import_answers(home.settings, sheet.path)["recorded_count"] == 0


def test_decided_pairs_leave_the_queue_and_unclear_ones_stay(home, sheet):
    sheet(("=C1", "P1", SETTLED), ("C2", "P3", SETTLED | {"verdict": "不清楚"}))
    home.match(MONTH)
    pairs = [(p.building_code, p.doorplate_code) for p in open_pairs(home.settings, MONTH, None)]
    assert pairs == [("C2", "P2"), ("C2", "P3")]
    assert open_pairs(home.settings, MONTH, "kunshan") == []


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([("C2", "P2", SETTLED | {"verdict": "也许"})], ["不是相同、不同、不清楚"]),
        ([("C2", "P2", SETTLED | {"reviewer": None})], ["没有复核人"]),
        ([("C2", "P2", SETTLED | {"reviewed_on": "去年"})], ["不是日期"]),
        ([("C2", "P2", SETTLED | {"reviewed_on": "2999-01-01"})], ["今天之后"]),
        ([("C2", "P2", SETTLED), ("C2", "P3", SETTLED)], ["多块门牌都判为相同"] * 2),
        ([("C2", "P2", SETTLED | {"building_code": "C9"})], ["不在复核范围内"]),
        ([("C2", "P2", SETTLED | {"month": "十月"})], ["不是月份"]),
    ],
)
def test_a_bad_answer_is_a_finding_with_its_cell_and_is_not_recorded(sheet, answers, words):
    record = sheet(("=C1", "P1", SETTLED), *answers)
    assert record["recorded_count"] == 1
    assert len(record["findings"]) == len(words)
    for finding, word in zip(record["findings"], words, strict=True):
        assert word in finding["message"]
        assert finding["sheet"] == "匹配复核表"
        assert finding["cell"][-1] in "56"


def test_duplicate_answers_are_reported_and_contradictory_ones_refused(home, sheet):
    pair = {"month": "2022-10", "building_code": "C2", "doorplate_code": "P2", "district": "姑苏区"}
    record = sheet(("C2", "P2", SETTLED), appended=[pair | SETTLED])
    assert [finding["message"] for finding in record["findings"]] == ["同一对编码和门牌重复"]
    assert record["recorded_count"] == 1
    later = pair | SETTLED | {"verdict": "不同"}
    assert [f["message"] for f in sheet(appended=[later])["findings"]] == [
        "同一对编码和门牌的结论互相矛盾"
    ] * 3


def test_a_file_that_is_not_a_review_is_reported(home, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"<html>1</html>")
    record = import_answers(home.settings, path)
    assert record["findings"][0]["sheet"] == "x.xlsx"
    assert record["recorded_count"] == 0


def test_sampled_matches_are_reviewed_and_not_sampled_again(tmp_path):
    home = Home(tmp_path)
    towns = {"town": "双塔街道"}
    address = f"{CITY}双塔街道十全街{{}}号"
    plates = [plate(f"P{door}", address.format(door), **towns) for door in range(1, 41)]
    codes = [code(f"C{door}", f"十全街{door}号", **towns) for door in range(1, 41)]
    home.accept(MONTH, "building_codes", codes)
    home.accept(MONTH, "doorplates", plates)
    home.match(MONTH)

    def drawn(count: int, seed: int = 0) -> list[str]:
        pairs = sampled_pairs(home.settings, MONTH, None, count, seed)
        return [pair.building_code for pair in pairs]

    assert open_pairs(home.settings, MONTH, None) == []
    assert drawn(10) == drawn(10)
    assert set(drawn(10)) < set(drawn(20))
    assert set(drawn(10)) != set(drawn(10, seed=1))
    assert sampled_pairs(home.settings, MONTH, "kunshan", 10, 0) == []
    path = tmp_path / "抽样.xlsx"
    assert export(home.settings, MONTH, None, path, sample_count=10)["pair_count"] == 10
    book = openpyxl.load_workbook(path)
    fields, rows = review_contract().fields, list(book.worksheets[0].iter_rows(min_row=4))
    for row in rows:
        for field, value in SETTLED.items():
            row[fields.index(field)].value = value
    rows[0][fields.index("verdict")].value = "不同"
    wrong = rows[0][fields.index("building_code")].value
    book.save(path)
    record = import_answers(home.settings, path)
    assert (record["recorded_count"], record["findings"]) == (10, [])
    home.match(MONTH)
    row = next(row for row in home.rows(MONTH) if row["building_code"] == wrong)
    assert (row["outcome"], row["machine_outcome"]) == ("no_candidate", "matched_exact")
    # reviewed codes are not drawn again, and no others take their place
    assert drawn(10) == []
    assert import_answers(home.settings, path)["recorded_count"] == 0
