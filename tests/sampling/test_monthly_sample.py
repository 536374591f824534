"""Drawing from a month's accepted ledgers, keeping the sample, and the contractors' lists."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from deliver import OCTOBER, Row, building, folder, workbook

from orchestration import cli
from orchestration.modelling.run_inputs import write_run_inputs
from orchestration.modelling.up_to_date import month_fingerprint
from orchestration.reference.districts import district_in
from orchestration.settings import Settings
from orchestration.store.files import StoredFileDamageError, sha256_of
from orchestration.store.ledger import Ledger
from orchestration.store.records import StoredFile

Fangan = Callable[..., tuple[int, str, str]]
PAYLOAD = "=HYPERLINK(1)"


@pytest.fixture
def fangan(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Fangan:
    """Run the command in this process; return exit code, output and errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["fangan", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        shown = capsys.readouterr()
        return int(left.value.code or 0), shown.out, shown.err

    return run


def deliver(settings: Settings, judge: Any, rows: list[Row], district_id: str = "gusu") -> None:
    path = folder(settings.raw, district_id) / "building_survey.xlsx"
    workbook(path, "building_survey", rows)
    assert judge(district_id)["building_survey"].state == "accepted"


LEDGER = [
    *(building(number) for number in range(1, 31)),
    *(building(number, building_category="城镇非住宅", use="办公") for number in range(31, 41)),
    building(41, address=PAYLOAD, initial_risk="重大隐患", hazard_due_on="2022-12-01"),
    building(42, building_category="农村住宅"),
    building(43, survey_status="待排查", surveyed_on=None, surveyor=None, initial_risk=None),
]
DRAW = ("sample", "2022-10", "--size", "21", "--seed", "7", "--without-absent")


def test_a_sample_is_drawn_by_strata_kept_and_found_again(
    settings: Settings, judge: Any, fangan: Fangan
) -> None:
    deliver(settings, judge, LEDGER)
    code, out, err = fangan(*DRAW, "--json")
    assert (code, err) == (0, "")
    first = json.loads(out)
    assert (first["size"], first["frame_count"], first["is_new"]) == (21, 41, True)
    assert first["strata_without_sample"] == 0
    kept = Ledger(settings.ledger).sample_of(OCTOBER)
    assert kept is not None
    assert kept.frame_sha256 == first["frame_sha256"]
    rows = pq.read_table(settings.home / kept.file.path).to_pylist()
    weights = {row["building_category"]: row["stratum_frame_count"] for row in rows}
    assert weights["城镇非住宅"] == 10
    assert [row["draw_order"] for row in rows] == list(range(1, 22))
    assert not {"owner_name", "owner_phone", "surveyor"} & rows[0].keys()
    lists = [Path(path).read_bytes() for path in first["files"]]

    again = json.loads(fangan(*DRAW, "--json")[1])
    assert not again["is_new"]
    assert again | {"is_new": True} == first
    assert [Path(path).read_bytes() for path in again["files"]] == lists


def test_another_draw_must_be_asked_for_and_then_counts(
    settings: Settings, judge: Any, fangan: Fangan
) -> None:
    deliver(settings, judge, LEDGER)
    ledger = Ledger(settings.ledger)
    before = month_fingerprint(settings, ledger, OCTOBER)
    assert fangan(*DRAW)[0] == 0
    drawn = month_fingerprint(settings, ledger, OCTOBER)
    assert drawn != before
    other = [word if word != "7" else "8" for word in DRAW]
    code, _, err = fangan(*other)
    assert code == 2
    assert "--redraw" in err
    assert "Traceback" not in err
    kept = ledger.sample_of(OCTOBER)
    assert fangan(*other, "--redraw")[0] == 0
    redrawn = ledger.sample_of(OCTOBER)
    assert kept is not None
    assert redrawn is not None
    assert redrawn.seed == 8
    assert kept.file.path != redrawn.file.path
    assert month_fingerprint(settings, ledger, OCTOBER) != drawn
    assert ledger.sample_for(OCTOBER.previous) is None
    assert ledger.sample_for(OCTOBER.shift(3)) == redrawn


def test_a_sample_kept_before_small_strata_were_joined_keeps_its_own(
    settings: Settings, judge: Any, fangan: Fangan, parsed_project: Path
) -> None:
    """Its rows have no stratum names; strata without a drawn building are counted."""
    deliver(settings, judge, LEDGER)
    assert fangan(*DRAW)[0] == 0
    ledger = Ledger(settings.ledger)
    kept = ledger.sample_of(OCTOBER)
    assert kept is not None
    drawn = pq.read_table(settings.home / kept.file.path)
    assert set(drawn["stratum"].to_pylist()) == {
        "城镇住宅·未发现隐患+城镇住宅·重大隐患",
        "城镇非住宅·未发现隐患",
    }
    old = drawn.drop_columns(["stratum"]).filter(pc.equal(drawn["initial_risk"], "未发现隐患"))
    path = settings.home / kept.file.path
    pq.write_table(old, path)
    values = {name: getattr(kept, name) for name in ("size", "seed", "frame_sha256", "frame_count")}
    file = StoredFile(kept.file.path, sha256_of(path))
    ledger.record_sample(OCTOBER, **values, absent=kept.absent, file=file)

    answer = json.loads(fangan(*DRAW, "--json")[1])
    assert (answer["is_new"], answer["strata_without_sample"]) == (False, 1)
    shutil.copytree(parsed_project, settings.dbt, dirs_exist_ok=True)
    write_run_inputs(settings, ledger, OCTOBER)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        strata = connection.execute(
            "select distinct stratum, frame_count from run.sample order by stratum"
        ).fetchall()
    assert strata == [("城镇住宅·未发现隐患", 41), ("城镇非住宅·未发现隐患", 41)]


def test_a_new_ledger_is_another_frame(settings: Settings, judge: Any, fangan: Fangan) -> None:
    deliver(settings, judge, LEDGER)
    assert fangan(*DRAW)[0] == 0
    deliver(settings, judge, [*LEDGER, building(50)])
    assert fangan(*DRAW)[0] == 2
    assert fangan(*DRAW, "--redraw")[0] == 0


def test_districts_without_a_ledger_are_named(
    settings: Settings, judge: Any, fangan: Fangan
) -> None:
    deliver(settings, judge, LEDGER)
    code, _, err = fangan(*DRAW[:-1])
    assert code == 1
    assert "张家港市、常熟市" in err
    assert "姑苏区" not in err
    assert "--without-absent" in err


def test_a_month_without_any_ledger_cannot_be_drawn_from(fangan: Fangan) -> None:
    code, _, err = fangan(*DRAW)
    assert code == 1
    assert "姑苏区" in err


def test_a_sample_larger_than_the_frame_is_refused(
    settings: Settings, judge: Any, fangan: Fangan
) -> None:
    deliver(settings, judge, LEDGER)
    code, _, err = fangan("sample", "2022-10", "--size", "42", "--seed", "7", "--without-absent")
    assert code == 2
    assert "from 1 to 41" in err
    assert Ledger(settings.ledger).sample_of(OCTOBER) is None


def test_a_changed_file_is_no_sample(settings: Settings, judge: Any, fangan: Fangan) -> None:
    deliver(settings, judge, LEDGER)
    assert fangan(*DRAW)[0] == 0
    [path] = settings.samples.rglob("*.parquet")
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    code, _, err = fangan(*DRAW)
    assert code == 4
    assert StoredFileDamageError.__name__ in err


def test_the_contractors_get_their_buildings_without_names_or_formulas(
    settings: Settings, judge: Any, fangan: Fangan, tmp_path: Path
) -> None:
    deliver(settings, judge, LEDGER)
    sip = [building(n, "工业园区", town="唯亭街道", community="东亭社区") for n in range(100, 110)]
    deliver(settings, judge, sip, "sip")
    size = str(41 + len(sip))
    asked = ("sample", "2022-10", "--size", size, "--seed", "7", "--without-absent", "--json")
    code, out, _ = fangan(*asked, "--out", str(tmp_path / "lists"))
    assert code == 0
    [path] = [Path(path) for path in json.loads(out)["files"]]
    assert path.name == "抽检样本2022年10月第四核查组.xlsx"
    sheet = openpyxl.load_workbook(path)["抽检样本"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) == 51
    assert [row[0] for row in rows] == list(range(1, 52))
    names = [row[1] for row in rows]
    assert names == sorted(names, key=lambda name: name != "姑苏区")
    assert district_in("sip", OCTOBER).district_name in names
    texts = {str(value) for row in rows for value in row}
    assert not texts & {"张某", "李某", "13800001111"}
    [cell] = [cell for row in sheet.iter_rows() for cell in row if cell.value == PAYLOAD]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_who_drew_and_who_approved_is_kept(
    settings: Settings, judge: Any, fangan: Fangan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(settings, judge, LEDGER)
    choices = tmp_path / "fangan.toml"
    choices.write_text("[sample]\napprovals = 2\n", encoding="utf-8")
    monkeypatch.setenv("FANGAN_CONFIG", str(choices))
    by = (*DRAW, "--drawn-by", "王工")
    for wrong in (by, (*by, "--approver", "王 工")):
        assert fangan(*wrong)[0] == 1
    assert Ledger(settings.ledger).sample_of(OCTOBER) is None
    assert list(settings.samples.rglob("*.parquet")) == []
    code, out, _ = fangan(*by, "--approver", "李处长")
    assert (code, "抽取人 王工，批准人 李处长" in out) == (0, True)
    kept = Ledger(settings.ledger).sample_of(OCTOBER)
    assert kept is not None
    assert (kept.drawn_by, kept.approved_by) == ("王工", "李处长")
