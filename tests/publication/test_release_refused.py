"""What stops a release: open points of a final one, and texts that its figures do not bear out."""

from __future__ import annotations

import duckdb
import pytest
from publication.october import OCTOBER, difference
from publication.releasing import Office, office, whole_office

from orchestration.publication.release.decisions import NotFinalError, UntrueTextError
from orchestration.publication.release.reproduction import verify_release

__all__ = ["office", "whole_office"]


def test_final_is_refused_with_every_reason_at_once(office: Office) -> None:
    office.run(absent=["gusu"], differences=[difference("verified_count", "3", "4")])
    with duckdb.connect(str(office.settings.warehouse)) as connection:
        connection.execute(
            "update marts.rpt_delivery set state = 'refused'"
            " where district_id = 'sip' and kind = 'monthly_report'"
        )
    with pytest.raises(NotFinalError) as caught:
        office.release(is_final=True)
    told = "\n".join(caught.value.reasons)
    for words in ("姑苏区数据不全", "of gusu are missing", "of sip is refused", "相差 -1.00"):
        assert words in told
    assert len(caught.value.reasons) == 3
    assert office.ledger.release_state(OCTOBER).decisions == ()
    office.release()
    assert office.completed()[0][:2] == (1, "provisional")


def test_an_accepted_difference_is_listed_with_who_accepted_it_and_why(office: Office) -> None:
    office.run(differences=[difference("verified_count", "3", "4")])
    with pytest.raises(NotFinalError, match="--accept-differences"):
        office.release(is_final=True)
    office.release(is_final=True, accepts_differences=True, note="以台账为准")
    assert office.ask(
        "select district_id, metric_id, difference, note, accepted_by"
        " from marts.rpt_accepted_difference"
    ) == [("gusu", "verified_count", -1, "以台账为准", "张科长")]


def test_texts_that_differ_from_the_figures_are_not_released(office: Office) -> None:
    texts = office.settings.editorial("2022-10")
    texts.parent.mkdir(parents=True)
    texts.write_text("# 数据统计\n全市已排查99.99万幢。\n", encoding="utf-8")
    office.run()
    with pytest.raises(UntrueTextError, match="99"):
        office.release()
    assert office.ledger.release_state(OCTOBER).decisions == ()
    texts.write_text("# 数据统计\n截至10月，既有建筑已排查70.33万幢。\n", encoding="utf-8")
    vintage = office.release().vintages[0]
    texts.write_text("# 数据统计\n后来的文字。\n", encoding="utf-8")
    assert verify_release(office.settings, office.ledger, vintage).faults == ()
