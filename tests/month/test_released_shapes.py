"""Releases of months with gaps: a December inspected until January, then an empty month.

The first release is interrupted before its look-up file is built; the next command builds it.
Other shapes are in ``publication/test_month_shapes``.
"""

from __future__ import annotations

import json

import pytest
from deliver import building, folder, inspection, report, workbook
from month_installation import Installation, deliver_all
from publication.html_page import Page

from orchestration.cli import main
from orchestration.lookup.file_writing import lookup_file
from orchestration.reference.months import Month

DECEMBER, JANUARY = Month(2022, 12), Month(2023, 1)
REQUEST = ("--note", "首次发布", "--reviewer", "张科长", "--yes")


def deliver_december(made: Installation) -> None:
    """One district has no case figures, one no survey, and one only refused files."""
    raw = made.settings.raw
    deliver_all(raw, month=DECEMBER, but=("gusu", "sip", "gaoxin"))
    ledger = [building(number, surveyed_on="2022-12-15") for number in range(1, 40)]
    place = folder(raw, "gusu", DECEMBER) / "building_survey.xlsx"
    workbook(place, "building_survey", ledger, month=DECEMBER)
    place = folder(raw, "sip", DECEMBER) / "alteration_cases.xlsx"
    workbook(place, "alteration_cases", [], month=DECEMBER)
    (folder(raw, "gaoxin", DECEMBER) / "monthly_report.xlsx").write_bytes(b"")
    rows = [inspection(number, inspected_on="2022-12-20") for number in range(1, 40)]
    place = raw / str(DECEMBER) / "320500" / "quality_inspection.xlsx"
    place.parent.mkdir()
    workbook(place, "quality_inspection", rows, month=DECEMBER, title="截至2023年1月2日")


def test_months_with_gaps_are_released_and_an_interrupted_release_is_finished(
    installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Installation = installation("shapes")
    deliver_december(made)
    done = made.fangan("month", str(DECEMBER))
    assert done.returncode == 1, done.stderr
    with monkeypatch.context() as patched:
        patched.setenv("FANGAN_RAW", str(made.settings.raw))
        patched.setenv("FANGAN_HOME", str(made.settings.home))
        patched.setattr("sys.argv", ["fangan", "release", str(DECEMBER), *REQUEST])
        patched.setattr("orchestration.console.building_lookup.renew_lookup", _interrupt)
        with pytest.raises(SystemExit) as left:
            main()
    assert left.value.code == 4
    assert not lookup_file(made.settings, DECEMBER).exists()
    found = made.fangan("lookup", "32050800000001", "--json")
    assert "2022-12 第1版发布已补办完毕" in found.stderr
    assert json.loads(found.stdout)["as_of"]["vintage"] == 1
    page = made.settings.published / str(DECEMBER) / "v1" / "bulletin.html"
    text = Page(page.read_text(encoding="utf-8")).text
    assert "亿平方米（不含工业园区、高新区），具体数字如下：" in text
    assert "截至2023年1月2日，全市已完成抽检核查的既有建筑39幢" in text

    report(made.settings.raw, "gusu", JANUARY)
    assert made.fangan("month", str(JANUARY)).returncode == 1
    released = made.fangan("release", str(JANUARY), *REQUEST, "--json")
    assert released.returncode == 0, released.stderr
    assert json.loads(released.stdout)["vintage"] == 1
    assert made.table(JANUARY)["sip"]["district_code"] == "320576"
    assert made.table(JANUARY)["city"]["status"] == "provisional"
    audited = made.fangan("audit", "verify")
    assert audited.returncode == 0, audited.stdout
    # the published month is unchanged, and nothing is left to do
    assert (audited.stderr, made.fangan("month", str(JANUARY)).returncode) == ("", 1)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
