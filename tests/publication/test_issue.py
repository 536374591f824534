"""Where the bulletin's files lie, and that they are replaced whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from publication.html_page import Page
from publication.october import OCTOBER, RELEASED_AT

from orchestration.publication.bulletin.model import Bulletin, load_bulletin
from orchestration.publication.issue import placing
from orchestration.publication.issue.pdf import NoChineseFontError
from orchestration.publication.issue.placing import write_bulletin
from orchestration.publication.issue.xlsx import render_workbook
from orchestration.settings import Settings
from orchestration.store.archive import archive_path
from orchestration.store.files import sha256_of

MakeBulletin = Callable[..., Bulletin]


def test_numbered_and_current_copies_are_written(
    settings: Settings, make_bulletin: MakeBulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulletin = make_bulletin()
    monkeypatch.setattr(placing, "render_pdf", lambda *_: b"%PDF")  # needs a font
    written = write_bulletin(settings, OCTOBER, RELEASED_AT).paths
    folder = settings.published / "2022-10"
    names = [
        *("bulletin.xlsx", "bulletin.docx", "quality.html", "explain.html"),
        *("bulletin.pdf", "bulletin.html", "technical_note.html", "technical_note.docx"),
    ]
    documents = {path for path in written if path.parent.name != "data"}
    assert documents == {place / name for place in (folder / "v0", folder) for name in names}
    assert written[0].read_bytes() == render_workbook(bulletin, RELEASED_AT)
    numbered, current = written[: len(written) // 2], written[len(written) // 2 :]
    assert [path.read_bytes() for path in numbered] == [path.read_bytes() for path in current]
    assert (folder / "data" / "datapackage.json") in current
    assert sorted(path.name for path in folder.iterdir()) == sorted([*names, "data", "v0"])


def test_a_pdf_that_cannot_be_set_is_reported_and_no_file_is_left(
    settings: Settings, make_bulletin: MakeBulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bulletin()
    monkeypatch.setattr(placing, "render_pdf", lambda *_: b"%PDF")
    assert write_bulletin(settings, OCTOBER, RELEASED_AT).without_pdf is None

    def fail(*_: object) -> bytes:
        raise NoChineseFontError("no font")

    monkeypatch.setattr(placing, "render_pdf", fail)
    issued = write_bulletin(settings, OCTOBER, RELEASED_AT)
    assert issued.without_pdf == "no font"
    assert not list(settings.published.rglob("*.pdf"))


def test_the_editors_texts_are_archived_and_a_bad_file_is_reported(
    settings: Settings, make_bulletin: MakeBulletin
) -> None:
    make_bulletin()
    texts = settings.editorial("2022-10")
    texts.parent.mkdir(parents=True)
    texts.write_text("没有栏目", encoding="utf-8")
    issued = write_bulletin(settings, OCTOBER, RELEASED_AT)
    assert issued.problems == (
        "editorial.md 第1行：文字不在任何栏目之下；"
        "栏目用一级标题：# 部门动态、# 地区动态、# 数据统计",
    )
    assert archive_path(settings.archive, sha256_of(texts)).exists()


def test_failing_format_leaves_all_files_as_they_were(
    settings: Settings, make_bulletin: MakeBulletin, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bulletin()
    written = write_bulletin(settings, OCTOBER, RELEASED_AT).paths
    before = [path.read_bytes() for path in written]
    make_bulletin(absent=["gusu"])

    def fail(*_: object) -> str:
        raise ValueError("cannot draw")

    monkeypatch.setattr(placing, "render_page", fail)
    with pytest.raises(ValueError, match="cannot draw"):
        write_bulletin(settings, OCTOBER, RELEASED_AT)
    assert [path.read_bytes() for path in written] == before


def test_both_formats_are_made_of_the_published_month(
    settings: Settings, make_bulletin: MakeBulletin
) -> None:
    make_bulletin()
    write_bulletin(settings, OCTOBER, RELEASED_AT, is_simulated=True)
    folder = settings.published / "2022-10"
    bulletin, quality = folder / "bulletin.html", folder / "quality.html"
    headline = load_bulletin(settings.statistics, OCTOBER).headline
    text = "".join(Page(bulletin.read_text(encoding="utf-8")).text.split())
    assert headline in text
    for page in (bulletin, quality):
        assert "〔演示数据〕" in page.read_text(encoding="utf-8")
