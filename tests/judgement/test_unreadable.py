"""What is no number or date is told, and counted as nothing by whatever stands after."""

from __future__ import annotations

import pytest
from decisions import Gusu
from deliver import building


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *(("floors_above", text) for text in ("1e3", "1_000", "0x10", "inf", "30²", "٣")),
        *(("height_m", text) for text in ("1e1", "6_5.0", "nan", "6.5①")),
        *(
            ("surveyed_on", text)
            for text in ("2022-09-14T16:00:00.000Z", "epoch", "infinity", "11-10-22", "年底")
        ),
    ],
)
def test_a_cell_that_cannot_be_read_is_blank_in_accepted_rows(
    gusu: Gusu, field: str, text: str
) -> None:
    gusu.survey(building(5, **{field: text}))
    survey = gusu.judge()["building_survey"]
    assert survey.state == "accepted"
    assert gusu.found(survey, "BS-112") == ["32050800000005"]
    accepted = {row["building_id"]: row[field] for row in gusu.stored(survey, "accepted")}
    assert accepted.pop("32050800000005") is None
    assert None not in accepted.values()
