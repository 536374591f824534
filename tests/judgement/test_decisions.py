"""The ledgers of decisions: read strictly, and judged again just where they changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from decisions import Gusu, correction, waiver, write_decisions
from deliver import OCTOBER, report

from orchestration.ingest.reader_pool import ReaderPool
from orchestration.judgement.corrections import corrections_of
from orchestration.judgement.decisions import DecisionError
from orchestration.judgement.district import judge_district_month
from orchestration.judgement.waivers import waivers_of
from orchestration.reference.seeds import CORRECTIONS_SEED, WAIVERS_SEED
from orchestration.settings import SEEDS_DIR
from orchestration.store.ledger import Ledger


def test_a_decision_judges_again_only_the_district_and_months_it_concerns(
    gusu: Gusu, ledger: Ledger, readers: ReaderPool
) -> None:
    november = OCTOBER.shift(1)
    places = [(OCTOBER, "gusu"), (november, "gusu"), (OCTOBER, "sip")]
    for month, district_id in places:
        report(gusu.settings.raw, district_id, month)
        judge_district_month(gusu.settings, ledger, readers.read, month, district_id)
    assert [gusu.is_judged(*place) for place in places] == [True] * 3
    gusu.decide(waivers=(waiver(valid_until="2022-10"),))
    assert [gusu.is_judged(*place) for place in places] == [False, True, True]
    gusu.decide(corrections=(correction(month="2022-11"),))
    assert [gusu.is_judged(*place) for place in places] == [True, False, True]
    gusu.decide()
    assert [gusu.is_judged(*place) for place in places] == [True] * 3


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"rule_id": "BS-999"}, "BS-999"),
        ({"rule_id": "MR-101"}, "MR-101"),
        ({"rule_id": "BS-103"}, "cannot be waived"),
        ({"rule_id": "ST-007"}, "cannot be waived"),
        ({"kind": "building_surveys"}, "no contract"),
        ({"kind": "building_codes", "rule_id": "CO-301"}, "does not deliver"),
        ({"district_id": "shanghai"}, "no district"),
        ({"record_key": " "}, "record_key"),
        ({"reason": ""}, "reason"),
        ({"reason": "见张某 13800001111"}, "identity number"),
        ({"waived_by": ""}, "waived_by"),
        ({"waived_on": "2022/11/3"}, "waived_on"),
        ({"valid_until": "2022-13"}, "2022-13"),
        ({"valid_until": "2022-09"}, "before it begins"),
    ],
)
def test_a_waiver_that_cannot_hold_names_file_and_line(
    tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    good = waiver(record_key="32050800000001")
    write_decisions(tmp_path, waivers=(good, waiver(**changes)))
    with pytest.raises(DecisionError, match=f"waivers.csv line 3: .*{named}"):
        waivers_of(tmp_path, OCTOBER, "gusu")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"field": "floor_area"}, "no field"),
        ({"field": "owner_phone"}, "personal"),
        ({"field": "remark"}, "free text"),
        ({"field": "building_id"}, "which record"),
        ({"field": "as_at"}, "which record or month"),
        ({"new_value": ""}, "the same"),
        ({"month": "October"}, "month"),
        ({"district_id": "city"}, "does not deliver"),
        ({"corrected_by": ""}, "corrected_by"),
        ({"corrected_on": "20221103"}, "YYYY-MM-DD"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_correction_that_cannot_hold_names_file_and_line(
    tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    write_decisions(tmp_path, corrections=(correction(**changes),))
    with pytest.raises(DecisionError, match=f"corrections.csv line 2: .*{named}"):
        corrections_of(tmp_path, OCTOBER, "gusu")


def test_two_decisions_on_one_thing_in_one_month_are_refused(tmp_path: Path) -> None:
    twice = (correction(), correction(new_value="121"))
    write_decisions(tmp_path, corrections=twice, waivers=(waiver(), waiver(valid_from="2022-12")))
    with pytest.raises(DecisionError, match="line 3: decides again what line 2 decides"):
        corrections_of(tmp_path, OCTOBER, "gusu")
    with pytest.raises(DecisionError, match="line 3: decides again what line 2 decides"):
        waivers_of(tmp_path, OCTOBER, "gusu")
    renewed = waiver(valid_from="2023-01", valid_until="2023-03")
    write_decisions(tmp_path, waivers=(waiver(), renewed))
    assert len(waivers_of(tmp_path, OCTOBER, "gusu")) == 1


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (b"reason", b"raeson", "line 1: columns"),
        ("剧院".encode(), "剧院".encode("gb18030"), "UTF-8"),
        (b"2022-12\r\n", b"\r\n", "line 2: valid_until"),
        (b",2022-12\r\n", b"\r\n", "line 2: not as many cells"),
        (b",2022-12\r\n", b",2022-12,more\r\n", "line 2: not as many cells"),
    ],
)
def test_a_file_that_is_no_such_csv_is_refused(
    tmp_path: Path, old: bytes, new: bytes, named: str
) -> None:
    path = write_decisions(tmp_path, waivers=(waiver(),)) / WAIVERS_SEED
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    with pytest.raises(DecisionError, match=f"waivers.csv.*{named}"):
        waivers_of(tmp_path, OCTOBER, "gusu")


def test_the_projects_own_ledgers_can_be_read() -> None:
    waivers_of(SEEDS_DIR, OCTOBER, "gusu")
    corrections_of(SEEDS_DIR, OCTOBER, "gusu")
    for seed in (WAIVERS_SEED, CORRECTIONS_SEED):
        header = (SEEDS_DIR / seed).read_text(encoding="utf-8").splitlines()[0]
        described = yaml.safe_load((SEEDS_DIR / seed).with_suffix(".yml").read_text("utf-8"))
        columns = [column["name"] for column in described["seeds"][0]["columns"]]
        assert header.split(",") == columns
