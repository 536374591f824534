"""What lies wrongly in raw is told, with the right place where one can be guessed."""

from __future__ import annotations

import shutil
from datetime import datetime

import pytest
from deliver import OCTOBER, report

from orchestration.ingest.deliveries import receive
from orchestration.operations.unplaced import unplaced
from orchestration.reference.deadlines import SUZHOU
from orchestration.reference.months import Month
from orchestration.settings import Settings
from orchestration.store.ledger import Ledger

NOW = datetime(2022, 11, 6, 9, tzinfo=SUZHOU)


def _faults(settings: Settings) -> list[tuple[str, str, str | None]]:
    found = unplaced(settings, Ledger(settings.ledger), NOW)
    return [(one.path, one.fault, one.right) for one in found]


@pytest.mark.parametrize(
    ("path", "fault", "right"),
    [
        ("2022-9/320508/月报表.xlsx", ("2022-9", "month_name"), "2022-09"),
        ("202210/320508/月报表.xlsx", ("202210", "month_name"), "2022-10"),
        ("2022年10月/320508/月报表.xlsx", ("2022年10月", "month_name"), "2022-10"),
        ("2019-10/320508/月报表.xlsx", ("2019-10", "month_name"), None),
        ("旧/320508/月报表.xlsx", ("旧", "month_name"), None),
        ("2022-10/姑苏区/月报表.xlsx", ("2022-10/姑苏区", "district_name"), "2022-10/320508"),
        ("2022-10/SIP/月报表.xlsx", ("2022-10/SIP", "district_name"), "2022-10/320571"),
        ("2022-10/320599/月报表.xlsx", ("2022-10/320599", "district_name"), None),
        ("2022-10/月报表.xlsx", ("2022-10/月报表.xlsx", "no_folder"), None),
        ("月报表.csv", ("月报表.csv", "no_folder"), None),
        ("2023-02/320508/月报表.xlsx", ("2023-02", "early"), None),
        # what people may keep there
        ("README.md", None, None),
        ("2022-10/editorial.md", None, None),
        (".snapshot/1", None, None),
        ("2022-10/320508/月报表.xlsx", None, None),
    ],
)
def test_what_lies_wrongly(
    settings: Settings, path: str, fault: tuple[str, str] | None, right: str | None
) -> None:
    place = settings.raw / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    assert _faults(settings) == ([(*fault, right)] if fault else [])


def test_names_of_persons_are_masked(settings: Settings) -> None:
    (settings.raw / "320508198001011234").mkdir()
    [(path, fault, _)] = _faults(settings)
    assert fault == "month_name"
    assert "19800101" not in path


def test_a_missing_folder_and_one_that_is_not_mounted(settings: Settings, ledger: Ledger) -> None:
    assert _faults(settings) == []
    report(settings.raw, "gusu")
    receive(settings, ledger, OCTOBER, "gusu")
    shutil.rmtree(settings.raw / "2022-10")
    assert [fault for _, fault, _ in _faults(settings)] == ["empty_raw"]
    settings.raw.rmdir()
    assert [fault for _, fault, _ in _faults(settings)] == ["missing_raw"]


def test_a_delivery_that_has_gone_counts_and_is_told(settings: Settings, ledger: Ledger) -> None:
    report(settings.raw, "gusu", Month(2022, 9))
    path = report(settings.raw, "gusu")
    receive(settings, ledger, OCTOBER, "gusu")
    path.unlink()
    assert _faults(settings) == [("2022-10/320508", "removed", None)]
