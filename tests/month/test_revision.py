"""A revision from end to end: release, redelivery, comparison, second release, explanation.

A clerk corrects a ledger of buildings meanwhile, with the commands, from template to empty
quarantine. The month is run twice for all tests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from deliver import OCTOBER, case, folder, workbook
from month import clerk
from month_installation import Installation, deliver_all

from orchestration.store.ledger import Ledger

CLOSED = {"verified_on": "2022-10-09", "verification_result": "属实", "resolution": "恢复原状"}
CASES = [
    case(1, completed_on="2022-10-20", **CLOSED),
    case(2, source_channel="巡查发现"),
    *(case(n, completed_on="2022-10-21", **CLOSED) for n in range(3, 300)),
]
#: A case with an unreadable day of completion: quarantined, so it does not count.
UNREADABLE = case(300, completed_on="十月底", **CLOSED)


#: What is delivered twice.
REDELIVERED = ("alteration_cases", "building_survey")


@dataclass(frozen=True)
class Revised(Installation):
    """The installation, and of the clerk's ledger what was foreseen and said after each run."""

    foreseen: dict[str, Any]
    first: dict[str, Any]
    second: dict[str, Any]


def deliver_cases(made: Installation, *cases: dict[str, Any]) -> None:
    place = folder(made.settings.raw, "gusu")
    workbook(place / "alteration_cases.xlsx", "alteration_cases", [*CASES, *cases])


def explain(made: Installation, *arguments: str) -> dict[str, Any]:
    done = made.fangan("explain", "2022-10", "姑苏区", "completed_count", "--json", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


@pytest.fixture(scope="module")
def revised(installation) -> Revised:
    """October released as final, two ledgers delivered again, the month run and released."""
    made: Installation = installation("revision")
    deliver_all(made.settings.raw)
    deliver_cases(made, UNREADABLE)
    foreseen = clerk.deliver_filled_template(made)
    assert made.fangan("month", "2022-10").returncode == 1
    before = clerk.status(made)
    command = ("release", "2022-10", "--reviewer", "张科长", "--yes")
    refused = made.fangan(*command, "--note", "首次发布", "--final")
    assert refused.returncode == 1
    assert "--accept-differences" in refused.stderr
    assert "Traceback" not in refused.stderr
    first = made.fangan(
        *command,
        "--note",
        "首次发布",
        "--final",
        "--accept-differences",
        "--at",
        "2022-11-06T09:30",
    )
    assert first.returncode == 0, first.stderr
    deliver_cases(made, case(300, completed_on="2022-10-30", **CLOSED))
    clerk.deliver_corrected_copy(made)
    early = made.fangan(*command, "--note", "更正", "--reason", "corrected_delivery")
    assert early.returncode == 2
    assert "fangan month 2022-10" in early.stderr
    assert made.fangan("month", "2022-10").returncode == 1
    after = clerk.status(made)
    # the run counts the case, and the published release is unchanged
    assert made.table()["gusu"]["completed_count"] == 298
    reviewed = json.loads(made.fangan("diff", "2022-10", "1", "0", "--json").stdout)
    changed = {(r["district_id"], r["measure"]): r["difference"] for r in reviewed["figures"]}
    steps = dict.fromkeys(("suspected_complaint_count", "verified_count", "completed_count"), 1)
    steps |= {"surveyed_building_count": 1, "surveyed_floor_area_10k_m2": 0.01}
    steps |= {"surveyed_floor_area_m2": 120.25}
    assert changed == {(d, measure): steps[measure] for d in ("gusu", "city") for measure in steps}
    unreasoned = made.fangan(*command, "--note", "更正")
    assert unreasoned.returncode == 1
    assert "--reason" in unreasoned.stderr
    second = made.fangan(
        *command,
        "--note",
        "姑苏区更正",
        "--reason",
        "corrected_delivery",
        "--at",
        "2022-11-15T09:30",
    )
    assert second.returncode == 0, second.stderr
    return Revised(made.settings, foreseen, before, after)


def test_a_clerk_goes_from_template_to_empty_quarantine(revised: Revised) -> None:
    foreseen, first, second = revised.foreseen, revised.first, revised.second
    assert (foreseen["state"], foreseen["failed_rules"]) == ("accepted_with_quarantine", ["BS-103"])
    assert first["state"] == foreseen["state"]
    assert (first["accepted_count"], first["quarantined_count"]) == (149, 1)
    assert (second["state"], second["version"]) == ("accepted", 2)
    assert (second["accepted_count"], second["quarantined_count"]) == (150, 0)
    difference = second["redelivery"]["difference"]
    assert difference["released_count"] == 1
    assert difference["changed_by_field"] == {"floor_area_m2": 1}


def test_the_figures_follow_the_releases(revised: Installation) -> None:
    figures = revised.table()
    assert (figures["gusu"]["completed_count"], figures["gusu"]["vintage"]) == (299, 2)
    column = "select completed_count, status from marts."
    place = " where district_id = 'gusu'"
    asked = {
        "as_released('2022-10', 1)": {"completed_count": 298, "status": "final"},
        "as_released('2022-10', 2)": {"completed_count": 299, "status": "provisional"},
        "as_known_on('2022-10', date '2022-11-14')": {"completed_count": 298, "status": "final"},
        "as_known_on('2022-10', date '2022-11-15')": {
            "completed_count": 299,
            "status": "provisional",
        },
    }
    for call, row in asked.items():
        assert revised.rows(column + call + place) == [row], call


def test_the_revision_has_its_reason_and_its_delivery(
    revised: Installation,
) -> None:
    rows = revised.rows(
        "select district_code, old_value, new_value, reason_code, delivery from marts.rpt_revision"
        " where metric_id = 'completed_count' order by district_code"
    )
    cause = {"reason_code": "corrected_delivery", "delivery": "2022-10/gusu/alteration_cases/2"}
    assert rows == [
        {"district_code": "320500", "old_value": 340, "new_value": 341} | cause,
        {"district_code": "320508", "old_value": 298, "new_value": 299} | cause,
    ]
    difference = json.loads(revised.fangan("diff", "2022-10", "1", "2", "--json").stdout)
    completed = [row for row in difference["figures"] if row["measure"] == "completed_count"]
    assert {row["delivery"] for row in completed} == {"2022-10/gusu/alteration_cases/2"}
    assert {(row["measure_name"], row["unit"]) for row in completed} == {
        ("处理完成违法拆改行为数量", "起")
    }
    printed = revised.fangan("diff", "2022-10", "1", "2").stdout.replace(" ", "")
    assert "│姑苏区│处理完成违法拆改行为数量│起│298│299│1│" in printed


def test_both_vintages_are_explained_by_the_rows_they_were_counted_from(
    revised: Installation,
) -> None:
    first, second = explain(revised, "--vintage", "1"), explain(revised)
    assert (first["value"], first["row_count"], len(first["rows"])) == (298, 298, 298)
    assert (second["value"], second["row_count"], second["not_counted"]) == (299, 299, [])
    assert first["adds_up"]
    assert second["adds_up"]
    [left_out] = first["not_counted"]
    assert left_out["key"] == "GS202200300"
    assert left_out["rule_ids"]
    [counted] = [row for row in second["rows"] if row["key"] == "GS202200300"]
    assert counted == {
        "file": "alteration_cases.xlsx",
        "sheet": left_out["sheet"],
        "row": left_out["row"],
        "key": "GS202200300",
        "contribution": 1,
    }
    assert "GS202200002" not in {row["key"] for row in second["rows"]}
    assert [(v["vintage"], v["value"]) for v in second["values"]] == [(0, 299), (1, 298), (2, 299)]
    assert first["definition"]
    assert "平江路" not in json.dumps([first, second], ensure_ascii=False)


def test_each_release_has_the_explanation_of_its_own_rows(revised: Installation) -> None:
    folder = revised.settings.published / "2022-10"
    cards = {
        place: (folder / place / "explain.html")
        .read_text(encoding="utf-8")
        .split('id="gusu-completed_count"')[1]
        .split("</article>")[0]
        for place in ("v1", "v2", ".")
    }
    assert "计 298 起" in cards["v1"]
    assert "隔离的行" in cards["v1"]
    assert "计 299 起" in cards["v2"]
    assert "没有隔离的行" in cards["v2"]
    assert cards["v2"] == cards["."]
    assert all("✓ 各行相加与数值相符" in card for card in cards.values())
    page = (folder / "bulletin.html").read_text(encoding="utf-8")
    assert "2022-10/gusu/alteration_cases/2" in page


def test_city_totals_are_explained_by_their_districts(revised: Installation) -> None:
    done = revised.fangan("explain", "2022-10", "苏州市", "completed_count", "--json")
    explained = json.loads(done.stdout)
    assert sum(row["value"] for row in explained["districts"]) == explained["value"] == 341
    wrong = revised.fangan("explain", "2022-10", "姑苏区", "happiness_share")
    assert wrong.returncode == 2
    assert "completed_count" in wrong.stderr


def test_both_releases_and_the_audit_log_verify(revised: Installation) -> None:
    done = revised.fangan("release", "2022-10", "--verify", "--json")
    assert done.returncode == 0, done.stdout
    assert [report["faults"] for report in json.loads(done.stdout)] == [[], []]
    audited = revised.fangan("audit", "verify", "--json")
    assert audited.returncode == 0, audited.stdout
    assert json.loads(audited.stdout)["entry_count"] > 20


def test_a_release_does_not_make_the_month_outdated(revised: Installation) -> None:
    done = revised.fangan("month", "2022-10", "--json")
    assert json.loads(done.stdout)["ran"] is False


def test_the_manifest_names_every_input(revised: Installation) -> None:
    path = revised.settings.published / "2022-10" / "v2" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    arrivals = Ledger(revised.settings.ledger).arrivals(OCTOBER).values()
    assert {i["sha256"] for i in manifest["inputs"]} == {
        a.sha256 for a in arrivals if a.version == 2 or a.kind not in REDELIVERED
    }
    for key in ("package_version", "contracts", "rules", "packages", "code_sha256"):
        assert manifest["code"][key]
    assert manifest["marts"]["rpt_district_monthly"]["row_count"] == 11


@pytest.mark.slow
def test_each_vintage_can_be_computed_again_from_the_archive(revised: Installation) -> None:
    """Also the first one, although its case ledger was replaced later."""
    done = revised.fangan("release", "2022-10", "--verify", "--from-archive", "--json")
    reports = json.loads(done.stdout)
    assert [report["faults"] for report in reports] == [[], []]
    assert done.returncode == 0
    assert all(report["recomputed_count"] > 10 for report in reports)
