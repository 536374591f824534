"""Each metric is of the kind that its SQL makes it, and every note calls it that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mart_totals import ADDITIVE, contracts, metrics_of

from orchestration.publication.bulletin import wording
from orchestration.reference import metrics, vocabulary
from orchestration.reference.metrics import RegistryError, metric_descriptions, metric_kinds
from orchestration.reference.seeds import read_rows
from orchestration.settings import DBT_PROJECT_DIR

METRICS = {row["metric_id"]: row for row in read_rows(metrics.REGISTRY)}
#: Points of 100: the place between floor and target, and weighted means of such places.
SCORES = {"分"}
#: What a name says of its figure's kind, where it says anything.
NAMES = {
    "rank": r"_rank$",
    "ratio": r"_(share|factor|weight)$|_share_(low|high)$|_per_|^mean_floor_area",
    "difference": r"difference$|revision$|_less_|_adjustment_count$",
    "average": r"_median|_p90_|^mean_(absolute_)?revision$",
    "year_to_date": r"^ytd_",
}


def of_kind(*kinds: str) -> dict[str, dict[str, str]]:
    return {name: row for name, row in METRICS.items() if row["kind"] in kinds}


def test_every_metric_has_a_kind_and_the_mart_allows_just_these() -> None:
    assert set(metric_kinds().values()) <= set(vocabulary.METRIC_KINDS)
    (kind,) = [c for c in contracts()["dim_metric"]["columns"] if c["name"] == "kind"]
    assert kind["data_tests"][0]["accepted_values"]["arguments"]["values"] == list(
        vocabulary.METRIC_KINDS
    )


@pytest.mark.parametrize("kind", ["", "level", "期末存量", "Stock"])
def test_a_row_without_a_kind_of_ours_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    head, first, *rest = metrics.REGISTRY.read_text(encoding="utf-8").splitlines()
    changed = first.replace(",stock,", f",{kind},")
    assert changed != first
    seed = tmp_path / "metrics.csv"
    seed.write_text("\n".join([head, changed, *rest]), encoding="utf-8")
    monkeypatch.setattr(metrics, "REGISTRY", seed)
    with pytest.raises(RegistryError, match=r"metrics\.csv：surveyed_building_count .*stock、flow"):
        metric_descriptions()


def test_a_ratio_has_two_sides_or_is_a_score_and_nothing_else_has() -> None:
    for name, row in METRICS.items():
        has_sides = bool(row["numerator"])
        if has_sides:
            assert row["kind"] == "ratio", name
        if row["kind"] == "ratio":
            assert has_sides or row["unit"] in SCORES | {"占比"} or name == "indicator_value", name


def test_names_and_kinds_agree() -> None:
    for name, row in METRICS.items():
        said = {kind for kind, pattern in NAMES.items() if re.search(pattern, name)}
        if "average" in said:
            said = {"average"}
        if said:
            assert said == {row["kind"]}, name
        else:
            assert row["kind"] not in NAMES.keys() - {"ratio"}, name


def test_columns_have_the_types_of_their_kind() -> None:
    kinds = metric_kinds()
    for mart, contract in contracts().items():
        types = {column["name"]: column["data_type"] for column in contract["columns"]}
        for column, metric in metrics_of(contract).items():
            place = f"{mart}.{column}"
            if kinds[metric] == "rank":
                assert types[column] == "integer", place
            elif kinds[metric] == "ratio":
                assert types[column] not in ("bigint", "integer"), place
            elif kinds[metric] in ("stock", "flow") and types[column] == "double":
                assert column.startswith("estimated_"), place


def test_no_model_sums_what_does_not_add_up() -> None:
    """A sum of ratios, ranks or medians is none of anything; a year to date sums flows alone."""
    for path in DBT_PROJECT_DIR.glob("models/**/*.sql"):
        for column in re.findall(r"\bsum\(\s*(?:\w+\.)?(\w+)\s*\)", path.read_text("utf-8")):
            kind = metric_kinds().get(column, "as_measure")
            assert kind in ADDITIVE | {"as_measure"}, f"{path.name}: sum({column}), a {kind}"
    (model,) = DBT_PROJECT_DIR.glob("models/**/rpt_measure_change_monthly.sql")
    assert "where present.kind = 'flow'" in model.read_text("utf-8")


def test_no_words_on_a_stock_call_it_cumulative_or_a_flow() -> None:
    for name, row in of_kind("stock").items():
        words = row["chinese_name"] + row["definition"]
        assert not re.search("累计数|当月流量|本期发生", words), name
    for name, row in of_kind("flow").items():
        assert "时点数" not in row["definition"], name
    notes = "".join(wording.reading_notes())
    assert "累计" not in notes
    assert "已排查幢数、面积为期末存量" in notes
    assert "本期（本月）发生数" in notes


def test_comments_say_the_kind_beside_the_unit() -> None:
    words = metric_descriptions()
    assert words["score_rank"].startswith("考核名次（名，排名）·")
    assert words["pass_share"].startswith("抽检合格率（比率，比率）·")
    assert words["ytd_value"].startswith("本年累计（随指标，本年累计）·")
    assert words["completed_less_verified_count"].startswith("处理完成与核实之差（起，差额）·")
