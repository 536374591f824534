"""The patches change what Great Expectations costs, and nothing that it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from random_frames import random_frame

from expectations import validation
from expectations.library_patches import great_expectations
from orchestration.judgement import frames
from orchestration.judgement.delivery_suites import delivery_suite
from orchestration.reference.contracts import load_contracts
from orchestration.reference.districts import CITY_ID
from orchestration.reference.months import Month

MONTH = Month.parse("2022-10")


@pytest.mark.parametrize("kind", ["alteration_cases", "building_codes"])
@pytest.mark.parametrize("many", [10, 5_000])
def test_the_rows_that_fail_are_those_of_the_plain_library(
    kind: str, many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (validation, frames):
        monkeypatch.setattr(module, "_MANY_ROWS", many)
    district_id = CITY_ID if load_contracts()[kind].delivered_by == "city" else "gusu"
    frame, suite = random_frame(tmp_path, kind), delivery_suite(district_id, kind, MONTH)
    answers = validation.ask_suite(suite, frame)
    # outside of ``remembering`` the library works everything out anew
    from great_expectations.execution_engine import pandas_execution_engine

    monkeypatch.setattr(pandas_execution_engine, "HASH_THRESHOLD", 1e9)
    source = great_expectations().get_context(mode="ephemeral").data_sources.pandas_default
    plain = source.read_dataframe(frame).validate(suite, result_format="COMPLETE")
    for result in plain.results:
        meta = result.expectation_config.meta
        answer = answers[meta["rule_id"], meta["field"]]
        rows = [] if result.success else result.result["unexpected_index_list"]
        assert frame.index[answer.rows].tolist() == rows, meta
    assert len(answers) == len(plain.results)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"column": "use"},
        {"column": "用途", "mostly": 1, "min_value": 0.01, "row_condition": None},
        {"column": "use", "value_set": ["居住", "办公"], "batch_id": "a-b"},
        {"column": "use", "value_set": {"居住"}},
    ],
)
def test_metrics_keep_their_names(arguments: dict[str, Any]) -> None:
    great_expectations()
    from great_expectations.core.id_dict import IDDict

    own = IDDict(arguments)
    assert own.to_id() == IDDict.to_id.__wrapped__(own)  # type: ignore[attr-defined]


def test_what_stands_in_for_a_module_gives_way_to_it() -> None:
    asked = (
        "import sys; from expectations.library_patches import great_expectations;"
        "great_expectations(); assert type(sys.modules['scipy.stats']).__name__ == '_StandIn';"
        "import scipy.stats; assert scipy.stats.norm.cdf(0) == 0.5"
    )
    subprocess.run([sys.executable, "-c", asked], check=True)
