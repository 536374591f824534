"""A district that delivered nothing shows that, not a count of 0, and is red once it is late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from dagster import AssetCheckSeverity, AssetCheckSpec, MetadataValue
from deliver import OCTOBER, report

from orchestration.defs.deliveries import (
    NOTHING_DELIVERED,
    check_result,
    delivery_key,
    delivery_metadata,
)
from orchestration.reference.deadlines import deadline
from orchestration.settings import Settings

SPEC = AssetCheckSpec("delivery__structure", asset=delivery_key("gusu"))
SECOND = timedelta(seconds=1)


def test_nothing_delivered_has_no_row_count(judge) -> None:
    shown = delivery_metadata(tuple(judge("gusu").values()))
    assert shown.keys() == {"预览"}
    table = str(shown["预览"].value)
    assert "| 未报送 |  |  |  |  |" in table
    assert "missing" not in table


def test_a_delivery_is_counted(settings: Settings, judge) -> None:
    report(settings.raw, "gusu")
    shown = delivery_metadata(tuple(judge("gusu").values()))
    assert shown["dagster/row_count"] == MetadataValue.int(1)
    assert "已接收" in str(shown["预览"].value)


@pytest.mark.parametrize(
    ("now", "is_red"),
    [(deadline(OCTOBER), False), (deadline(OCTOBER) + SECOND, True)],
)
def test_its_check_turns_red_with_the_deadline(judge, now: datetime, is_red: bool) -> None:
    verdicts = list(judge("gusu")["delivery"].verdicts)
    result = check_result(SPEC, verdicts, OCTOBER, now)
    assert result.passed != is_red
    told = str(result.metadata["报送"].value)
    assert told == f"未报送，{'已过' if is_red else ''}截止时间2022年11月5日18:00"
    if is_red:
        assert result.severity is AssetCheckSeverity.ERROR
        assert NOTHING_DELIVERED in str(result.metadata["未通过规则"].value)
