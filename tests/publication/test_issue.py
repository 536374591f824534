"""Where the bulletin's files lie, and that they are replaced whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from publication.october import OCTOBER, RELEASED_AT

from orchestration.publication import issue
from orchestration.publication.bulletin import Bulletin, load_bulletin
from orchestration.publication.issue import write_bulletin
from orchestration.publication.workbook import render_workbook
from orchestration.settings import Settings

MakeBulletin = Callable[..., Bulletin]


def test_numbered_and_current_copies_are_written(
    settings: Settings, make_bulletin: MakeBulletin
) -> None:
    bulletin = make_bulletin()
    written = write_bulletin(settings, OCTOBER, RELEASED_AT)
    folder = settings.published / "2022-10"
    assert written == [
        folder / "v0" / "bulletin.xlsx",
        folder / "v0" / "bulletin.html",
        folder / "v0" / "quality.html",
        folder / "bulletin.xlsx",
        folder / "bulletin.html",
        folder / "quality.html",
    ]
    assert written[0].read_bytes() == render_workbook(bulletin, RELEASED_AT)
    assert [path.read_bytes() for path in written[:3]] == [
        path.read_bytes() for path in written[3:]
    ]
    assert sorted(path.name for path in folder.iterdir()) == [
        "bulletin.html",
        "bulletin.xlsx",
        "quality.html",
        "v0",
    ]


def test_failing_format_leaves_all_files_as_they_were(
    settings: Settings, make_bulletin: MakeBulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bulletin()
    written = write_bulletin(settings, OCTOBER, RELEASED_AT)
    before = [path.read_bytes() for path in written]
    make_bulletin(absent=["gusu"])

    def fail(*_: object) -> str:
        raise ValueError("cannot draw")

    monkeypatch.setattr(issue, "render_page", fail)
    with pytest.raises(ValueError, match="cannot draw"):
        write_bulletin(settings, OCTOBER, RELEASED_AT)
    assert [path.read_bytes() for path in written] == before


def test_both_formats_are_made_of_the_published_month(
    settings: Settings, make_bulletin: MakeBulletin
) -> None:
    make_bulletin()
    *_, bulletin, quality = write_bulletin(settings, OCTOBER, RELEASED_AT, is_simulated=True)
    headline = load_bulletin(settings.statistics, OCTOBER).headline
    assert headline in bulletin.read_text(encoding="utf-8")
    for page in (bulletin, quality):
        assert "〔演示数据〕" in page.read_text(encoding="utf-8")
